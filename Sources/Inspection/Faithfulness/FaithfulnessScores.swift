import Foundation

/// The scores of one map, or the means of several.
public struct FaithfulnessScores: Sendable, Equatable {
    private var values: [FaithfulnessMeasure: Double]

    /// Scores by measure; missing ones were not measured.
    public init(_ values: [FaithfulnessMeasure: Double]) { self.values = values }

    /// The scores of one map.
    ///
    /// - Parameters:
    /// - pointing: From 0 to 1; see ``pointingGame(map:box:margin:)``.
    /// - energy: From 0 to 1; see ``energyInBox(map:box:)``.
    /// - milliseconds: The time that the map took.
    public init(
        deletion: FaithfulnessCurve, insertion: FaithfulnessCurve, change: ConfidenceChange, pointing: Double,
        energy: Double, milliseconds: Double
    ) {
        values = [
            .deletion: deletion.area, .insertion: insertion.area, .averageDrop: change.dropInPercent,
            .increase: change.isIncrease ? 100 : 0, .pointingGame: 100 * pointing, .energyInBox: 100 * energy,
            .milliseconds: milliseconds,
        ]
    }

    /// A score; NaN when it was not measured.
    public subscript(_ measure: FaithfulnessMeasure) -> Double { values[measure] ?? .nan }

    /// The mean of each measure over the maps for which it is finite.
    public static func mean(_ scores: [FaithfulnessScores]) -> FaithfulnessScores {
        var means: [FaithfulnessMeasure: Double] = [:]
        for measure in FaithfulnessMeasure.allCases {
            let numbers = scores.map { $0[measure] }.filter(\.isFinite)
            if !numbers.isEmpty { means[measure] = numbers.reduce(0, +) / Double(numbers.count) }
        }
        return FaithfulnessScores(means)
    }
}

/// Formats a number with this many decimals.
func fixed(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
