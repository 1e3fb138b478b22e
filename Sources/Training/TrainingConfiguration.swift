import DetectionLosses
import HeatmapTargets
import Inference

/// All settings of a training run, apart from the network and the data.
///
/// The defaults are meant for training from random weights on a few hundred images, where CenterNet's own settings, made for pretrained
/// weights and many more images, give worse results.
public struct TrainingConfiguration: Sendable {
    /// The number of epochs.
    public var epochs = 60
    /// Images per step; at most the number of training images.
    public var batchSize = 8
    /// The optimizer.
    public var optimizer = OptimizerConfiguration(.adamW, weightDecay: 1e-4)
    /// The initial learning rate (after warm-up); nil means ``automaticLearningRate``.
    public var learningRate: Double?
    /// The learning rate schedule.
    public var schedule = Schedule.cosine(final: 0.01)
    /// The number of steps over which the learning rate rises to its initial value.
    public var warmUpSteps = 100
    /// The maximum norm of the gradient of all parameters together; larger gradients are scaled down to it. Zero disables clipping.
    public var gradientClip = 10.0
    /// The decay of the exponential moving average of the weights, smaller during the first steps. Validation and saved weights use the
    /// average. Zero disables it.
    public var averageDecay = 0.998
    /// Validate after every Nth epoch, and after the last.
    public var evaluateEvery = 5
    /// The parts of the network that are not trained: names of nodes, including everything below them, or patterns such as
    /// `backbone.layer*`, where `*` stands for one part of a name and `**` for any number of parts. Frozen parameters get neither updates
    /// nor weight decay, and frozen normalization layers use their running statistics without updating them.
    public var freeze: [String] = []
    /// The name of the initial weights, if they are not random: a run only resumes with the same name.
    public var startingWeights: String?
    /// The random seed of the run.
    public var seed: UInt64 = 1
    /// The number of threads that prepare batches; results do not depend on it.
    public var loaderThreads = 1
    /// The time between checkpoints in seconds, also within an epoch. Zero: after every step.
    public var checkpointSeconds = 60.0
    /// The size of the cache of decoded images in bytes; results do not depend on it.
    public var imageCacheBytes = 384 << 20
    /// The augmentation of training images.
    public var augmentation = AugmentationConfiguration()
    /// How heatmap targets are rendered from boxes.
    public var targets = TargetOptions()
    /// The loss.
    public var loss = DetectionLoss()
    /// How predictions are made for validation.
    public var prediction = PredictorOptions()
    /// The standard deviation of annotations of each keypoint, as a fraction of the square root of the object's area; nil means COCO's
    /// values.
    public var keypointSigmas: [Double]?

    /// The defaults.
    public init() {}

    /// A learning rate for training from random weights with batch normalization: 0.002 for Adam and 0.01 for SGD at eight images per step.
    /// It is proportional to the batch size for SGD, to its square root for Adam, and never above the value for a batch of 64.
    public var automaticLearningRate: Double {
        let share = Double(min(batchSize, 64)) / 8
        return optimizer.kind == .sgd ? 0.01 * share : 0.002 * share.squareRoot()
    }

    /// Checks every value.
    ///
    /// - Throws: ``TrainingError/configuration(_:)`` with a sentence for each value that is out of range.
    public func validate() throws(TrainingError) {
        var rules = RangeRules(section: "training")
        rules.require("epochs", Double(epochs), in: 1...1e6)
        rules.require("batchSize", Double(batchSize), in: 1...4096)
        if let learningRate { rules.requirePositive("learningRate", learningRate) }
        rules.require("warmUpSteps", Double(warmUpSteps), in: 0...1e9)
        rules.require("gradientClip", gradientClip, in: 0...1e9)
        rules.require("averageDecay", averageDecay, in: 0...0.999999)
        rules.require("evaluateEvery", Double(evaluateEvery), in: 1...1e6)
        rules.require("loaderThreads", Double(loaderThreads), in: 1...64)
        rules.require("checkpointSeconds", checkpointSeconds, in: 0...1e9)
        rules.require("imageCacheBytes", Double(imageCacheBytes), in: 0...1e15)
        let problems = rules.problems + optimizer.problems + schedule.problems + augmentation.problems
        if !problems.isEmpty { throw .configuration(problems) }
    }
}
