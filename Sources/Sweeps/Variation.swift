import Experiments
import Foundation
import Settings

/// A setting with the values that a sweep gives it: `training.learningRate=0.001,0.002`.
public struct Variation: Hashable, Sendable {
    /// The setting's key.
    public let key: String
    /// The values as they were written, at least one.
    public let values: [String]

    /// Reads `key=value,value`. Commas inside brackets, braces and quotation marks belong to a value, as in
    /// `input.mean=[0.5,0.5,0.5],[0,0,0]`.
    ///
    /// - Throws: ``SweepError/badVariation(_:reason:)``.
    public init(_ text: String) throws(SweepError) {
        guard let split = text.firstIndex(of: "="), split != text.startIndex else {
            throw .badVariation(
                text, reason: "a variation is written key=value,value, as in training.learningRate=0.001,0.002")
        }
        key = String(text[..<split])
        values = Self.values(text[text.index(after: split)...])
        if values.contains(where: \.isEmpty) { throw .badVariation(text, reason: "a value is empty") }
        if let twice = values.indices.first(where: { values[..<$0].contains(values[$0]) }) {
            throw .badVariation(text, reason: "the value \(values[twice]) is there twice")
        }
        try requireResults(text)
    }

    /// Splits a list at its outer commas.
    private static func values(_ list: Substring) -> [String] {
        var (values, depth, isQuoted, isEscaped) = ([""], 0, false, false)
        for character in list {
            if character == "," && depth == 0 && !isQuoted {
                values.append("")
                continue
            }
            if isQuoted {
                if character == "\"" && !isEscaped { isQuoted = false }
                isEscaped = character == "\\" && !isEscaped
            } else if character == "\"" {
                isQuoted = true
            } else if "[{".contains(character) {
                depth += 1
            } else if "]}".contains(character) {
                depth = max(0, depth - 1)
            }
            values[values.count - 1].append(character)
        }
        return values.map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// Requires a setting that can change what a trial measures.
    private func requireResults(_ text: String) throws(SweepError) {
        let path = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        // An unknown key is reported with the nearest one when the trials are made.
        guard let setting = Experiment.settings.first(where: { $0.isMeant(by: path) }) else { return }
        if ["dataset.folds", "dataset.fold"].contains(setting.key) {
            throw .badVariation(text, reason: "--folds varies the fold")
        }
        if setting.effect == .outputs {
            throw .badVariation(text, reason: "\(setting.key) changes only what is written beside the weights")
        }
    }
}
