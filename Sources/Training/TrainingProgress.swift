import DetectionLosses
import Foundation

/// Someone who watches a run: the terminal, a test, a report.
public protocol TrainingProgress {
    /// Called on the thread that trains, in the order of events.
    func report(_ event: TrainingEvent)
}

/// What happens in a run.
public enum TrainingEvent: Sendable {
    /// Training begins, or goes on after `finishedSteps` steps.
    case started(TrainingPlan, finishedSteps: Int)
    /// A step is done.
    case step(StepReport)
    /// Validation is under way.
    case validating(finished: Int, count: Int)
    /// An epoch is over, validated or not.
    case epochFinished(EpochRecord)
    /// A checkpoint is on disk: the run could be resumed from here.
    case checkpoint(URL)
    /// Something that the user should know; each is said once.
    case warning(String)
}

/// What a run is going to do.
public struct TrainingPlan: Sendable {
    /// How often the training set is seen.
    public let epochs: Int
    /// Steps an epoch.
    public let stepsPerEpoch: Int
    /// Images a step.
    public let batchSize: Int
    /// Images in the training set.
    public let imageCount: Int
    /// Images in the validation set.
    public let validationImageCount: Int
    /// The learning rate after warm-up.
    public let learningRate: Double
    /// Learned numbers in the network.
    public let parameterCount: Int
    /// Those of them that stay as they are.
    public let frozenParameterCount: Int
    /// What computes, in words.
    public let kernels: String
}

/// One step of a run.
public struct StepReport: Sendable {
    /// Which epoch it belongs to, from 1.
    public let epoch: Int
    /// Which step of the epoch it was, from 1.
    public let step: Int
    /// Means over the epoch so far.
    public let losses: LossTerms
    /// The learning rate of the step.
    public let learningRate: Double
    /// How long the step waited for its batch.
    public let dataWaitSeconds: Double
    /// Images a second, lately.
    public let imagesPerSecond: Double
    /// How long the training steps that are left will take; validation is not in it.
    public let secondsLeft: Double
}
