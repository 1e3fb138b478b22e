import Experiments

/// One combination of the varied settings, of which trials are made with several seeds and folds.
public struct Candidate: Sendable {
    /// Its place in the grid, whose last variation changes fastest.
    public let index: Int
    /// The varied settings with their values, as they were written.
    public let settings: [(key: String, value: String)]
    /// The complete experiment.
    public let experiment: Experiment

    /// The settings in short: `learningRate=0.001`.
    package let words: [String]

    /// The settings in short, for tables: `learningRate=0.001 batchSize=8`.
    public var label: String { words.isEmpty ? "as it is" : words.joined(separator: " ") }

    /// The settings as options of a command.
    public var options: String {
        settings.map { "--set \(Self.quoted("\($0.key)=\($0.value)"))" }.joined(separator: " ")
    }

    private static func quoted(_ word: String) -> String {
        let isPlain = word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "=._-+/:".contains($0)) }
        return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}

extension Candidate {
    /// Returns all combinations.
    ///
    /// - Throws: ``SweepError/badVariation(_:reason:)`` for settings that do not exist or do not go together.
    package static func grid(of experiment: Experiment, _ variations: [Variation]) throws(SweepError) -> [Candidate] {
        let names = shortNames(of: variations)
        var (candidates, known): ([Candidate], [String: String]) = ([], [:])
        for values in combinations(of: variations.map(\.values)) {
            let settings = zip(variations, values).map { (key: $0.key, value: $1) }
            let text = settings.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
            let words = zip(names, values).map { "\($0)=\($1)" }
            var changed = experiment
            do throws(ExperimentError) {
                try changed.apply(settings.map { "\($0.key)=\($0.value)" })
                try changed.validate()
            } catch {
                let sentence = error.description
                let place = "--set "
                throw .badVariation(
                    text, reason: sentence.hasPrefix(place) ? String(sentence.dropFirst(place.count)) : sentence)
            }
            // `0.001,1e-3` would train the same twice, and count it as two.
            if let other = known.updateValue(words.joined(separator: " "), forKey: changed.json.text()) {
                throw .badVariation(text, reason: "it is the same as \(other)")
            }
            candidates.append(
                Candidate(index: candidates.count, settings: settings, experiment: changed, words: words))
        }
        return candidates
    }

    private static func combinations(of lists: [[String]]) -> [[String]] {
        lists.reduce([[]]) { combinations, values in combinations.flatMap { head in values.map { head + [$0] } } }
    }

    /// The last words of the keys; whole keys where these are not clear.
    private static func shortNames(of variations: [Variation]) -> [String] {
        func last(_ key: String) -> String { key.split(separator: ".").last.map(String.init) ?? key }
        let words = variations.map { last($0.key) }
        return zip(variations, words).map { variation, word in
            let isClear = words.count { $0 == word } == 1 && !Trial.ownNames.contains(word)
            return isClear ? word : variation.key
        }
    }
}
