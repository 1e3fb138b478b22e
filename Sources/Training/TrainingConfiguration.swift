import Boxes
import Datasets
import DetectionLosses
import Evaluation
import HeatmapTargets
import Inference
import Networks

/// All settings of a training run, apart from the network and the data.
///
/// The defaults are meant for training from random weights on a few hundred images, where CenterNet's own settings, made for pretrained
/// weights and many more images, give worse results.
public struct TrainingConfiguration: Sendable {
    /// The number of epochs.
    public var epochs = 60
    /// A budget of time for training and its validations, in minutes; nil for none. The run has as many of its epochs as fit: the number is
    /// decided once, after the pace of the first steps.
    public var minutes: Double?
    /// Images per forward pass; at most the number of training images.
    public var batchSize = 8
    /// Batches whose gradients are added up before each step; a smaller training set makes it smaller.
    public var accumulation = 1
    /// The factors of the model's input size among which training changes the size of its inputs; 1 alone for one size.
    public var inputScales = [1.0]
    /// After how many steps another of these sizes is drawn.
    public var inputScaleSteps = 10
    /// How gradients become steps.
    public var optimizer = OptimizerConfiguration(.adamW, weightDecay: 1e-4)
    /// The initial learning rate (after warm-up); nil chooses it: ``initialLearningRate(imagesPerStep:)``.
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
    /// Training ends when validation results have not improved for so many epochs; zero: never.
    public var patience = 0
    /// Keep the weights of every Nth epoch beside the best and the last ones; zero: none.
    public var saveEvery = 0
    /// Validate after every Nth epoch, and after the last.
    public var evaluateEvery = 5
    /// The parts of the network that are not trained: names of nodes, including everything below them, or patterns such as
    /// `backbone.layer*`, where `*` stands for one part of a name and `**` for any number of parts. Frozen parameters get neither updates
    /// nor weight decay, and frozen normalization layers use their running statistics without updating them.
    public var freeze: [String] = []
    /// What the learning rate of parts of the network is multiplied by: `backbone`, `neck` (what is between backbone and heads), `heads`, a
    /// head's name, or what ``freeze`` takes. Of several parts that name a layer the longest counts. 0 freezes, normalization layers too.
    public var learningRates: [String: Double] = [:]
    /// The weights that the parameters started from, unless they were random: a run is only resumed under the same.
    public var startingWeights: StartingWeights?
    /// The random seed of weights, order and augmentation.
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
    /// How much more the loss of rare classes counts: the exponent of their share of the objects.
    public var classBalance = 0.0
    /// How the images of an epoch are chosen.
    public var sampling = Sampling.uniform
    /// How predictions are made for validation.
    public var prediction = PredictorOptions()
    /// Whether objects are read as boxes or as points, so that the settings about either mean something.
    public var objects = ObjectChoice.automatic
    /// Whether the network answers with keypoints, so that the settings about them mean something.
    public var trainsKeypoints = true
    /// How detected points are compared with annotated ones in validation.
    public var points = PointOptions()
    /// How widely each kind of keypoint is annotated, as a part of the root of its object's area; nil for what COCO says.
    public var keypointSigmas: [Double]?

    /// The defaults.
    public init() {}

    /// The initial learning rate of a run that takes so many images per step: the setting, or else one that trains from random weights
    /// with batch normalization. That is 0.002 for Adam and 0.01 for SGD at eight images per step; proportional to the images for SGD, to
    /// their root for Adam, and never above those of 64 images.
    public func initialLearningRate(imagesPerStep: Int) -> Double {
        let share = Double(min(imagesPerStep, 64)) / 8
        return learningRate ?? (optimizer.kind == .sgd ? 0.01 * share : 0.002 * share.squareRoot())
    }

    /// The sizes of a model's inputs in training, each once: ``inputScales`` rounded to multiples of the network's deepest stride.
    public func inputSizes(of model: Model) -> [InputExtent] {
        let multiple = NetworkCatalogue.inputMultiple(of: model.network.name)
        var sizes: [InputExtent] = []
        for scale in inputScales {
            let size = model.inputSize.scaled(by: scale, multiple: multiple)
            if !sizes.contains(size) { sizes.append(size) }
        }
        return sizes.isEmpty ? [model.inputSize] : sizes
    }

    /// Checks every value.
    ///
    /// - Throws: ``TrainingError/configuration(_:)`` with a sentence for each value that is out of range.
    public func validate() throws(TrainingError) {
        let problems = self.problems
        if !problems.isEmpty { throw .configuration(problems) }
    }

    /// What is wrong with the values, a sentence each: what the settings say about one value, and what two do not do together.
    public var problems: [String] {
        Self.settings.filter { $0.applies(self) }.compactMap { $0.problem(self) } + combinationProblems
    }

    /// What two values do not do together.
    package var combinationProblems: [String] {
        var problems: [String] = []
        let (minimum, maximum) = (augmentation.minimumScale, augmentation.maximumScale)
        if maximum < minimum {
            problems.append("augmentation.maximumScale is \(maximum), below augmentation.minimumScale, \(minimum)")
        }
        if augmentation.scaleStep > 0 && (maximum - minimum) / augmentation.scaleStep > 10_000 {
            problems.append("augmentation.scaleStep is \(augmentation.scaleStep): that makes more than 10000 scales")
        }
        if optimizer.kind == .sgd && optimizer.nesterov && optimizer.momentum == 0 {
            problems.append("training.optimizer.nesterov needs a momentum above 0")
        }
        return problems
    }
}

/// The weights that a run starts from.
public struct StartingWeights: Hashable, Sendable {
    /// The file or run folder.
    public var path: String
    /// A hash of the file; nil when it cannot be read any more.
    public var contentHash: String?

    /// Weights at a path.
    public init(path: String, contentHash: String? = nil) {
        self.path = path
        self.contentHash = contentHash
    }
}
