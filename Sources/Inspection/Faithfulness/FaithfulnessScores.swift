import Foundation

/// How one map fares, or how several do on average.
public struct FaithfulnessScores: Sendable, Equatable {
    private var values: [FaithfulnessMeasure: Double]

    /// Scores by measure; what is missing was not measured.
    public init(_ values: [FaithfulnessMeasure: Double]) { self.values = values }

    /// The scores of one map.
    ///
    /// - Parameters:
    ///   - pointing: From 0 to 1, as ``pointingGame(map:box:margin:)`` says.
    ///   - energy: From 0 to 1, as ``energyInBox(map:box:)`` says.
    ///   - milliseconds: What the map took.
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

    /// A score; not a number when it was not measured.
    public subscript(_ measure: FaithfulnessMeasure) -> Double { values[measure] ?? .nan }

    /// The mean of each measure over the maps for which it is a number.
    public static func mean(_ scores: [FaithfulnessScores]) -> FaithfulnessScores {
        var means: [FaithfulnessMeasure: Double] = [:]
        for measure in FaithfulnessMeasure.allCases {
            let numbers = scores.map { $0[measure] }.filter(\.isFinite)
            if !numbers.isEmpty { means[measure] = numbers.reduce(0, +) / Double(numbers.count) }
        }
        return FaithfulnessScores(means)
    }
}

/// A number with so many digits after the point.
func fixed(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
