/// Returns suggestions for a misspelt word: the candidates with the smallest edit distance, nearest first.
///
/// Only candidates within half of the word's length are suggested.
public func nearestNames(to word: String, among candidates: some Sequence<String>, limit: Int = 3) -> [String] {
    let letters = Array(word.lowercased())
    return candidates.map { ($0, editDistance(letters, Array($0.lowercased()))) }
        .filter { $0.1 <= max(2, letters.count / 2) }
        .sorted { ($0.1, $0.0) < ($1.1, $1.0) }
        .prefix(limit).map(\.0)
}

extension Graph {
    func nearestNames(to name: String) -> [String] { Graphs.nearestNames(to: name, among: nodes.map(\.name)) }
}

/// Returns the Levenshtein distance.
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    var previous = Array(0...b.count)
    for (i, left) in a.enumerated() {
        var current = [i + 1]
        for (j, right) in b.enumerated() {
            current.append(min(previous[j + 1] + 1, current[j] + 1, previous[j] + (left == right ? 0 : 1)))
        }
        previous = current
    }
    return previous[b.count]
}
