import DetectionHeads
import DetectionLosses
import HeatmapTargets
import Settings

extension BorderClipping: WordSetting {}
extension GaussianRadius: WordSetting {}
extension SizeLoss: WordSetting {}
extension OptimizerConfiguration.Kind: WordSetting {}
extension Sampling: WordSetting {}
extension Schedule.Kind: WordSetting {}
extension AugmentationConfiguration.Preset: WordSetting {}

extension TrainingConfiguration {
    /// Every setting, in the order in which a complete experiment lists them.
    ///
    /// A setting that decides whether others apply (`training.schedule.kind`) stands before them.
    public static let settings: [Setting<TrainingConfiguration>] =
        augmentationSettings + lossSettings + loopSettings + evaluationSettings

    private static let augmentationSettings: [Setting<TrainingConfiguration>] = [
        Setting(
            "augmentation.preset", \.augmentation.preset,
            "A named set of values for the settings below, each of which can still be changed."),
        Setting(
            "augmentation.minimumScale", \.augmentation.minimumScale,
            "The smallest factor of the longer image side that makes the side of the square crop filling the input. Below 1 magnifies.",
            .from(0.01, to: 100)),
        Setting(
            "augmentation.maximumScale", \.augmentation.maximumScale, "The largest such factor.", .from(0.01, to: 100)),
        Setting(
            "augmentation.scaleStep", \.augmentation.scaleStep,
            "The distance between two factors; 0 always takes the smallest.", .from(0, to: 100)),
        Setting(
            "augmentation.movesCenter", \.augmentation.movesCenter,
            "Whether the crop's centre is drawn at random; otherwise it is the image's own."),
        Setting(
            "augmentation.border", \.augmentation.border,
            "How far inside the image (in its pixels) a random centre stays; halved while the image is too small.",
            .from(0, to: 1_000_000)),
        Setting(
            "augmentation.flipProbability", \.augmentation.flipProbability,
            "How often an image is mirrored from left to right.", .from(0, to: 1)),
        Setting(
            "augmentation.brightness", \.augmentation.brightness,
            "Brightness is multiplied by a random factor from 1 - brightness to 1 + brightness.", .from(0, to: 1)),
        Setting(
            "augmentation.contrast", \.augmentation.contrast,
            "The same for the distance from the image's mean grey.", .from(0, to: 1)),
        Setting(
            "augmentation.saturation", \.augmentation.saturation,
            "The same for the distance from each pixel's own grey.", .from(0, to: 1)),
        Setting(
            "augmentation.lighting", \.augmentation.lighting,
            "The standard deviation of AlexNet's noise along the principal components of ImageNet's colours.",
            .from(0, to: 10)),
        Setting(
            "augmentation.verticalFlipProbability", \.augmentation.verticalFlipProbability,
            "How often an image is mirrored from top to bottom.", .from(0, to: 1)),
        Setting(
            "augmentation.quarterTurns", \.augmentation.quarterTurns,
            "Whether an image is turned by a random multiple of 90 degrees."),
        Setting(
            "augmentation.rotation", \.augmentation.rotation,
            "The largest angle in degrees by which an image is turned, in either direction.", .from(0, to: 180)),
        Setting(
            "augmentation.hue", \.augmentation.hue,
            "The largest angle in degrees by which the hue is turned, in either direction.", .from(0, to: 180)),
        Setting(
            "augmentation.blur", \.augmentation.blur,
            "The largest standard deviation, in input pixels, of the Gaussian that blurs half of the images.",
            .from(0, to: 100)),
        Setting(
            "augmentation.noise", \.augmentation.noise,
            "The largest standard deviation of the noise in half of the images, where white is 1.", .from(0, to: 1)),
        Setting(
            "augmentation.jpegQuality", \.augmentation.jpegQuality,
            "The lowest quality with which half of the images are compressed as JPEG; 100 compresses none.",
            .from(1, to: 100)),
        Setting(
            "augmentation.cutout", \.augmentation.cutout,
            "The largest side, as a fraction of the input's, of a grey rectangle that covers a part of half of the images.",
            .from(0, to: 1)),
        Setting(
            "augmentation.mosaic", \.augmentation.mosaic, "How often an input shows parts of four images.",
            .from(0, to: 1)),
        Setting(
            "augmentation.copyPaste", \.augmentation.copyPaste,
            "The most objects of other images pasted into one; rare classes are drawn as often as common ones.",
            .from(0, to: 100)),
        Setting(
            "augmentation.closingShare", \.augmentation.closingShare,
            "The fraction of the epochs, at the end, without mosaics and pasted objects.", .from(0, to: 1)),
    ]

    /// A weight per head, then how targets are rendered.
    private static let lossSettings: [Setting<TrainingConfiguration>] =
        DetectionHead.all.map { head in
            Setting(
                "loss.weights.\(head.name)", \.loss.weights[head],
                "The weight of the \(head.loss.rawValue) loss of the \(head.label).", .zeroOrMore,
                formerly: head.formerName.map { "loss.weights.\($0)" },
                when: { head.applies(to: $0) })
        } + [
            Setting(
                "loss.classBalance", \.classBalance,
                "How much more rare classes count in the heatmap's loss: 0 not at all, 1 in inverse proportion to their objects.",
                .from(0, to: 1)),
            Setting(
                "loss.size", \.loss.size,
                "What a wrong size costs: cells (l1), shares of the object's size (relative), or overlap (giou, ciou)."),
            Setting(
                "loss.region", \.targets.region,
                "The part of a box around its centre whose cells learn its size and offset, too; 0 for the centre's cell alone.",
                .from(0, to: 1)),
            Setting(
                "loss.radius", \.targets.radius,
                "The formula for the radius of a heatmap's peaks: as CenterNet published it, or corrected."),
            Setting(
                "loss.minimumOverlap", \.targets.minimumOverlap, "The overlap that the radius is meant to keep.",
                .from(0.01, to: 0.99)),
            Setting(
                "loss.pointRadius", \.targets.points.cells,
                "The largest radius of a point's peak in output cells: one for all classes, or one for each in the network's order.",
                SettingLimit("one number at least, each from 0 to 1000") { radii in
                    !radii.isEmpty && radii.allSatisfy { (0...1000).contains($0) }
                }, when: { $0.objects != .boxes }),
            Setting(
                "loss.pointSpacing", \.targets.points.neighbourShare,
                "The largest radius of a point's peak as a share of the distance to the nearest point of its class; 0 disregards it.",
                .from(0, to: 10), when: { $0.objects != .boxes }),
            Setting(
                "loss.clipping", \.targets.clipping,
                "Where boxes at the border are cut: exact at the border, or as CenterNet published it, a cell before the right and lower one."
            ),
        ]

    private static let loopSettings: [Setting<TrainingConfiguration>] = [
        Setting(
            "training.epochs", \.epochs, "How often the training set is seen.", .from(1, to: 1_000_000),
            changes: .length),
        Setting(
            "training.minutes", \.minutes,
            "A budget of time for training and its validations, or null: the run has as many epochs as fit, at most training.epochs, and its schedule ends with them.",
            .aboveZero, otherwise: { _ in nil }, changes: .length),
        Setting(
            "training.batchSize", \.batchSize,
            "Images per forward pass; a smaller training set makes it smaller.", .from(1, to: 4096)),
        Setting(
            "training.accumulation", \.accumulation,
            "Batches whose gradients are added up before each optimizer step.", .from(1, to: 4096)),
        Setting(
            "training.inputScales", \.inputScales,
            "Factors of input.size among which training changes the size of its inputs (multi-scale training), rounded to the network's stride. Each size has a training program in memory.",
            SettingLimit("one to eight factors, each from 0.25 to 4") { factors in
                (1...8).contains(factors.count) && factors.allSatisfy { (0.25...4).contains($0) }
            }),
        Setting(
            "training.inputScaleSteps", \.inputScaleSteps,
            "Optimizer steps after which another of these sizes is drawn.",
            .from(1, to: 1_000_000), when: { $0.inputScales.count > 1 }),
        Setting(
            "training.sampling", \.sampling,
            "How an epoch's images are chosen: uniform takes each once, balanced those of rare classes more often."),
        Setting(
            "training.learningRate", \.learningRate,
            "The learning rate after warm-up; null chooses it by optimizer and images per step.", .aboveZero,
            otherwise: { _ in nil }),
        Setting(
            "training.learningRates", \.learningRates,
            "Factors of the learning rate by part of the network: backbone, neck, heads, a head's name, or names and patterns as in training.freeze; the longest that names a layer counts, and 0 freezes.",
            .eachValue(.from(0, to: 1000))),
        Setting(
            "training.optimizer.kind", \.optimizer.kind, "The rule that turns gradients into steps."),
        Setting(
            "training.optimizer.beta1", \.optimizer.beta1, "Adam's decay of the gradient's running mean.",
            .from(0, to: 0.999999), when: { $0.optimizer.kind != .sgd }),
        Setting(
            "training.optimizer.beta2", \.optimizer.beta2, "Adam's decay of the squared gradient's running mean.",
            .from(0, to: 0.999999), when: { $0.optimizer.kind != .sgd }),
        Setting(
            "training.optimizer.epsilon", \.optimizer.epsilon, "Adam's addition to the denominator.", .aboveZero,
            when: { $0.optimizer.kind != .sgd }),
        Setting(
            "training.optimizer.momentum", \.optimizer.momentum, "How much of the last step SGD keeps.",
            .from(0, to: 0.999999), when: { $0.optimizer.kind == .sgd }),
        Setting(
            "training.optimizer.nesterov", \.optimizer.nesterov, "Whether SGD looks ahead by Nesterov's rule.",
            when: { $0.optimizer.kind == .sgd }),
        Setting(
            "training.optimizer.weightDecay", \.optimizer.weightDecay,
            "Weight decay; biases and the scales of normalizations are exempt.", .from(0, to: 10)),
        Setting("training.schedule.kind", \.schedule.kind, "How the learning rate changes over the run."),
        Setting(
            "training.schedule.milestones", \.schedule.milestones,
            "The epochs after which the learning rate is multiplied by the factor; scaled where training.minutes makes a run shorter.",
            .each(.from(1, to: 1_000_000)),
            when: { $0.schedule.kind == .step }),
        Setting(
            "training.schedule.factor", \.schedule.factor, "The factor at each milestone.", .from(0, to: 1),
            when: { $0.schedule.kind == .step }),
        Setting(
            "training.schedule.final", \.schedule.final,
            "The learning rate at the end of the cosine, as a fraction of its start.", .from(0, to: 1),
            when: { $0.schedule.kind == .cosine }),
        Setting(
            "training.warmUpSteps", \.warmUpSteps, "Steps over which the learning rate rises to its start.",
            .from(0, to: 1_000_000_000)),
        Setting(
            "training.gradientClip", \.gradientClip,
            "The largest norm of all gradients together; longer ones are scaled down to it. 0 sets no limit.",
            .from(0, to: 1e9)),
        Setting(
            "training.averageDecay", \.averageDecay,
            "The decay of the exponential moving average of the weights, which is what is validated and saved. 0 saves the weights themselves.",
            .from(0, to: 0.999999)),
        Setting(
            "training.evaluateEvery", \.evaluateEvery, "Epochs between two validations; the last epoch always has one.",
            .from(1, to: 1_000_000)),
        Setting(
            "training.patience", \.patience,
            "Epochs without better validation results after which training ends; 0 trains to the last epoch.",
            .from(0, to: 1_000_000), changes: .length),
        Setting(
            "training.saveEvery", \.saveEvery,
            "Keep the weights of every Nth epoch as weights/epoch-N.safetensors; 0 keeps the best and the last only.",
            .from(0, to: 1_000_000), changes: .pace),
        Setting(
            "training.freeze", \.freeze,
            "Parts of the network that are not trained: names of nodes, with everything below them, or patterns such as backbone.layer*."
        ),
        Setting("training.seed", \.seed, "The random seed of weights, order and augmentation."),
        Setting(
            "training.loaderThreads", \.loaderThreads, "Threads that prepare batches.", .from(1, to: 64),
            changes: .pace),
        Setting(
            "training.checkpointSeconds", \.checkpointSeconds,
            "Seconds between two checkpoints, within an epoch, too; 0 writes one after every step.", .from(0, to: 1e9),
            changes: .pace),
        Setting(
            "training.imageCacheBytes", \.imageCacheBytes, "Bytes of decoded images that are kept in memory.",
            .from(0, to: 1_000_000_000_000_000), changes: .pace, formerly: "training.pictureCacheBytes"),
    ]

    private static let evaluationSettings: [Setting<TrainingConfiguration>] = [
        Setting(
            "evaluation.flip", \.prediction.flip,
            "Whether validation also sees the mirrored image and averages both (test-time augmentation)."),
        Setting(
            "evaluation.scales", \.prediction.scales,
            "Factors of the input size at which validation sees an image; several are merged (test-time augmentation).",
            SettingLimit("one factor at least, each from 0.1 to 8") { factors in
                !factors.isEmpty && factors.allSatisfy { (0.1...8).contains($0) }
            }),
        Setting(
            "evaluation.keepResolution", \.prediction.keepsResolution,
            "Whether validation sees each image at its own resolution, padded to the network's stride, instead of at input.size; scales are then factors of the image's size."
        ),
        Setting(
            "evaluation.maximumDetections", \.prediction.maximumDetections,
            "The most detections per image; null takes 100 boxes, or 1000 points.",
            .from(1, to: 10_000), otherwise: { _ in nil }),
        Setting(
            "evaluation.batchSize", \.prediction.batchSize, "Images per forward pass of validation.",
            .from(1, to: 1024)),
        Setting(
            "evaluation.pointDistance", \.points.distance,
            "The largest distance, in pixels of the image, between a detected point and the object that it finds.",
            .aboveZero, when: { $0.objects != .boxes }),
        Setting(
            "evaluation.pointSpacing", \.points.neighbourShare,
            "The same as a share of the distance to the object's nearest neighbour of its class; 0 disregards neighbours.",
            .from(0, to: 10), when: { $0.objects != .boxes }),
        Setting(
            "evaluation.pointScore", \.points.minimumScore,
            "The lowest score of the points that are counted, and that precision, recall and F1 are about.",
            .from(0, to: 1), when: { $0.objects != .boxes }),
        Setting(
            "evaluation.keypointSigmas", \.keypointSigmas,
            "How widely each keypoint is annotated, as a fraction of the root of its object's area; null takes COCO's.",
            .each(.aboveZero), otherwise: { _ in nil }, formerly: "evaluation.jointSigmas",
            when: { $0.trainsKeypoints }),
    ]
}

extension DetectionHead {
    /// What settings called the head before.
    fileprivate var formerName: String? {
        subject == .keypoints ? name.replacing("keypoint", with: "joint") : nil
    }

    /// Whether a network may have the head, as far as the configuration tells.
    fileprivate func applies(to configuration: TrainingConfiguration) -> Bool {
        switch subject {
        case .objects: true
        case .extents: configuration.objects != .points
        case .keypoints: configuration.trainsKeypoints
        }
    }
}

extension Schedule {
    /// The parts of a schedule as settings of their own: a file names the kind first, then what that kind needs.
    public enum Kind: String, CaseIterable, Sendable {
        /// The learning rate does not change.
        case constant
        /// It is multiplied by a factor after each milestone.
        case step
        /// It falls along half a cosine.
        case cosine
    }

    /// Which schedule it is.
    public var kind: Kind {
        get {
            switch self {
            case .constant: .constant
            case .step: .step
            case .cosine: .cosine
            }
        }
        set {
            // Naming the kind that stands there already keeps its values.
            if newValue == kind { return }
            switch newValue {
            case .constant: self = .constant
            case .step: self = .step(milestones: [], factor: 0.1)
            case .cosine: self = .cosine(final: 0.01)
            }
        }
    }

    fileprivate var milestones: [Int] {
        get { if case .step(let milestones, _) = self { milestones } else { [] } }
        set { self = .step(milestones: newValue, factor: factor) }
    }

    fileprivate var factor: Double {
        get { if case .step(_, let factor) = self { factor } else { 0.1 } }
        set { self = .step(milestones: milestones, factor: newValue) }
    }

    fileprivate var final: Double {
        get { if case .cosine(let final) = self { final } else { 0.01 } }
        set { self = .cosine(final: newValue) }
    }
}
