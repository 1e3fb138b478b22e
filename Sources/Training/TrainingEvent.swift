import DetectionLosses
import Foundation

/// What happens in a run.
public enum TrainingEvent: Sendable {
    /// Training begins, or resumes after `finishedSteps` steps.
    case started(TrainingPlan, finishedSteps: Int)
    /// How many epochs fit into the budget of time was decided.
    case lengthDecided(BudgetDecision)
    /// A step is finished.
    case step(StepReport)
    /// Validation is in progress.
    case validating(finished: Int, count: Int)
    /// An epoch is finished, including validation if it was due.
    case epochFinished(EpochRecord)
    /// A checkpoint was written; the run can be resumed from it.
    case checkpoint(URL)
    /// A warning to the user; each is reported once.
    case warning(String)
}

/// The plan of a run.
public struct TrainingPlan: Sendable {
    /// The number of epochs; with a budget of time whose length is not decided yet, the most that there may be.
    public internal(set) var epochs: Int
    /// The budget of time in minutes, as long as it has not decided how many epochs there are.
    public internal(set) var minutes: Double?
    /// Steps per epoch.
    public let stepsPerEpoch: Int
    /// Images per forward pass.
    public let batchSize: Int
    /// Batches per step, whose gradients are added up.
    public let accumulation: Int
    /// Images in the training set.
    public let imageCount: Int
    /// The number of images in the validation set.
    public let validationImageCount: Int
    /// The learning rate after warm-up.
    public let learningRate: Double
    /// What it is multiplied by for parts of the network.
    public let learningRates: [String: Double]
    /// The number of learned parameters of the network.
    public let parameterCount: Int
    /// The number of learned parameters that are frozen.
    public let frozenParameterCount: Int
    /// A description of the kernels in use.
    public let kernels: String
}

/// One step of a run.
public struct StepReport: Sendable {
    /// The epoch, from 1.
    public let epoch: Int
    /// The step within the epoch, from 1.
    public let step: Int
    /// The mean losses over the epoch so far.
    public let losses: LossTerms
    /// The learning rate of the step.
    public let learningRate: Double
    /// The time in seconds that the step waited for its batch.
    public let dataWaitSeconds: Double
    /// Images per second, averaged over recent steps.
    public let imagesPerSecond: Double
    /// The estimated time in seconds of the remaining training steps, without validation.
    public let secondsLeft: Double
}
