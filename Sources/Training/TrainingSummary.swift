import Foundation

/// How a run went.
public struct TrainingSummary: Sendable {
    /// Why it ended.
    public enum Outcome: String, Sendable {
        /// All epochs are done.
        case finished
        /// Somebody asked it to stop; it can be resumed.
        case interrupted
    }

    /// Why it ended.
    public let outcome: Outcome
    /// Epochs that are done, those before a resumption included.
    public let epochs: Int
    /// Steps that are done, likewise.
    public let steps: Int
    /// The time since the run began or went on, validation included.
    public let seconds: Double
    /// Images a second while training, over the whole run; validation is not in it.
    public let imagesPerSecond: Double
    /// How long steps waited for their batches, over the whole run.
    public let dataWaitSeconds: Double
    /// The most memory that the process has held at once; nil where the system does not say.
    public let peakMemoryBytes: Int?
    /// The best validation: the epoch (from 1) that had it, and its AP50 or, with keypoints, its OKS AP; nil without validation.
    public let best: (epoch: Int, measure: String, score: Double)?
    /// Everything that was warned of.
    public let warnings: [String]
}
