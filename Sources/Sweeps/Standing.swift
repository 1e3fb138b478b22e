import Foundation

/// What the trials of a candidate measured in its last round.
public struct Standing: Sendable {
    /// The candidate.
    public let candidate: Candidate
    /// The part of the epochs that its last round trained for; 1 is the whole.
    public let share: Int
    /// The metric of each finished trial.
    public let values: [Double]
    /// How many trials the round has for each candidate.
    public let trialCount: Int
    /// How many of them failed.
    public let failureCount: Int

    /// The mean of the metric; nil before a trial is finished.
    public var mean: Double? { values.isEmpty ? nil : values.reduce(0, +) / Double(values.count) }

    /// The standard deviation over seeds and folds, of a sample; nil for fewer than two trials.
    public var standardDeviation: Double? {
        guard let mean, values.count > 1 else { return nil }
        return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
    }

    /// Whether it is better than another: by round, then reliability, then mean. A candidate that fails with one seed of three is no
    /// better than its luck. Of equals, the first in the grid is before.
    package static func isBetter(_ left: Standing, _ right: Standing) -> Bool {
        func rank(_ standing: Standing) -> (Int, Int, Int, Double, Int) {
            (
                standing.share, standing.values.isEmpty ? 1 : 0, standing.failureCount, -(standing.mean ?? 0),
                standing.candidate.index
            )
        }
        return rank(left) < rank(right)
    }
}
