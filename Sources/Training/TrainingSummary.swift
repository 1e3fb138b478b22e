import Foundation

/// The summary of a run.
public struct TrainingSummary: Sendable {
    /// Why a run ended.
    public enum Outcome: String, Sendable {
        /// All epochs are finished.
        case finished
        /// The run was asked to stop; it can be resumed.
        case interrupted
    }

    /// Why it ended.
    public let outcome: Outcome
    /// Finished epochs, including those before the run was resumed.
    public let epochs: Int
    /// Finished steps, including those before the run was resumed.
    public let steps: Int
    /// Seconds since the run started or resumed, validation included.
    public let seconds: Double
    /// Images per second while training, over the whole run, without validation.
    public let imagesPerSecond: Double
    /// Seconds that steps waited for their batches, over the whole run.
    public let dataWaitSeconds: Double
    /// The peak memory of the process in bytes; nil if the system does not tell.
    public let peakMemoryBytes: Int?
    /// The best validation results: the epoch (from 1) and its AP50 or, with keypoints, its OKS AP. Nil as long as nothing was scored, when
    /// there are no best weights either.
    public let best: (epoch: Int, measure: String, score: Double)?
    /// Whether the validation split has nothing to score.
    public let hasNothingToScore: Bool
    /// All warnings.
    public let warnings: [String]
}
