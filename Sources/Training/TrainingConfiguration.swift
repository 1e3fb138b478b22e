import DetectionLosses
import HeatmapTargets
import Inference

/// Everything that decides what a training run does, apart from the network and the data.
///
/// The defaults train a network from random weights on some hundred images, where CenterNet's own recipe, made for
/// pretrained weights and many more images, gets less far.
public struct TrainingConfiguration: Sendable {
    /// How often the training set is seen.
    public var epochs = 60
    /// Images a step; a smaller training set makes it smaller.
    public var batchSize = 8
    /// How gradients become steps.
    public var optimizer = OptimizerConfiguration(.adamW, weightDecay: 1e-4)
    /// The learning rate at the start (after warm-up); nil takes ``automaticLearningRate``.
    public var learningRate: Double?
    /// How the learning rate changes.
    public var schedule = Schedule.cosine(final: 0.01)
    /// Over how many steps the learning rate rises to its start.
    public var warmUpSteps = 100
    /// The largest norm of all gradients together; longer ones are scaled down to it. Zero: no limit.
    public var gradientClip = 10.0
    /// How much of the average of past weights each step keeps, once the average is warm; the average is what is validated
    /// and saved. Zero: no average, the weights themselves.
    public var averageDecay = 0.998
    /// Validation follows every so many epochs, and the last.
    public var evaluateEvery = 5
    /// Which parts of the network training leaves as they are: names of nodes, with everything below them, or patterns as in
    /// `backbone.layer*`, where `*` stands for a part of a name and `**` for any number of them. Their parameters get neither steps nor
    /// weight decay, and their normalizations use and keep their running statistics.
    public var freeze: [String] = []
    /// What the parameters started from, where that is not chance: a run is only resumed under the same name.
    public var startingWeights: String?
    /// What all randomness of the run comes from.
    public var seed: UInt64 = 1
    /// Threads that prepare batches beside the network; results do not depend on it.
    public var loaderThreads = 1
    /// A checkpoint follows when the last one is this old, in the middle of an epoch, too. Zero: after every step.
    public var checkpointSeconds = 60.0
    /// Decoded images are kept while they fit in so many bytes; results do not depend on it.
    public var imageCacheBytes = 384 << 20
    /// How training images are varied.
    public var augmentation = AugmentationConfiguration()
    /// How boxes become heatmaps.
    public var targets = TargetOptions()
    /// What is minimized.
    public var loss = DetectionLoss()
    /// How validation decodes.
    public var prediction = PredictorOptions()
    /// How widely each kind of keypoint is annotated, as a part of the root of its object's area; nil for what COCO says.
    public var keypointSigmas: [Double]?

    /// The defaults.
    public init() {}

    /// A learning rate that trains from random weights with batch normalization: 0.002 for Adam and 0.01 for SGD at eight
    /// images a step; proportional to the batch for SGD, to its root for Adam, and never above those of a batch of 64.
    public var automaticLearningRate: Double {
        let share = Double(min(batchSize, 64)) / 8
        return optimizer.kind == .sgd ? 0.01 * share : 0.002 * share.squareRoot()
    }

    /// Checks every value.
    ///
    /// - Throws: ``TrainingError/configuration(_:)`` with a sentence for each that is out of range.
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
