import Networks
import Training

extension Experiment {
    /// Every key of experiment files, in the order in which a complete file lists them.
    ///
    /// A setting that decides whether others apply (`schedule.kind`) comes before them.
    static let settings: [Setting] =
        [
            Setting("name", \.name),

            Setting("dataset.root", \.dataset.root),
            Setting("dataset.format", \.dataset.format),
            Setting("dataset.trainSplit", \.dataset.trainSplit),
            Setting("dataset.validationSplit", \.dataset.validationSplit),
            Setting("dataset.classes", \.dataset.classes),
            Setting("dataset.difficult", \.dataset.difficult),
            Setting("dataset.splitSeed", \.dataset.splitSeed),
            Setting("dataset.validationFraction", \.dataset.validationFraction),

            Setting("input.size", \.input.size),
            Setting("input.mean", \.input.mean),
            Setting("input.standardDeviation", \.input.standardDeviation),

            Setting("network.name", \.network.name),
            Setting(
                "network.headChannels", \.network.headChannels,
                otherwise: { NetworkCatalogue.headChannels(of: $0.network.name) }),
            Setting("network.keypoints", \.network.keypoints),
            Setting(
                "network.mirrorPairs", \.network.mirrorPairs, otherwise: { _ in nil }, when: { $0.network.keypoints }),
            Setting("network.pretrained", \.network.pretrained, otherwise: { _ in nil }),
        ] + augmentationSettings + lossSettings + trainingSettings + [
            Setting("evaluation.flip", \.training.prediction.flip),
            Setting("evaluation.scales", \.training.prediction.scales),
            Setting("evaluation.maximumDetections", \.training.prediction.maximumDetections),
            Setting("evaluation.batchSize", \.training.prediction.batchSize),
            Setting(
                "evaluation.keypointSigmas", \.training.keypointSigmas, otherwise: { _ in nil },
                when: { $0.network.keypoints }),

            Setting("outputs.folder", \.outputs.folder),
            Setting("outputs.demoCount", \.outputs.demoCount),
            Setting("outputs.heatmapCount", \.outputs.heatmapCount),
            Setting("outputs.threshold", \.outputs.threshold),
        ]

    private static let augmentationSettings: [Setting] = [
        Setting("augmentation.minimumScale", \.training.augmentation.minimumScale),
        Setting("augmentation.maximumScale", \.training.augmentation.maximumScale),
        Setting("augmentation.scaleStep", \.training.augmentation.scaleStep),
        Setting("augmentation.movesCenter", \.training.augmentation.movesCenter),
        Setting("augmentation.border", \.training.augmentation.border),
        Setting("augmentation.flipProbability", \.training.augmentation.flipProbability),
        Setting("augmentation.brightness", \.training.augmentation.brightness),
        Setting("augmentation.contrast", \.training.augmentation.contrast),
        Setting("augmentation.saturation", \.training.augmentation.saturation),
        Setting("augmentation.lighting", \.training.augmentation.lighting),
    ]

    private static let lossSettings: [Setting] = [
        Setting("loss.weights.heatmap", \.training.loss.weights.heatmap),
        Setting("loss.weights.offset", \.training.loss.weights.offset),
        Setting("loss.weights.size", \.training.loss.weights.size),
        Setting(
            "loss.weights.keypointDisplacement", \.training.loss.weights.keypointDisplacement,
            when: { $0.network.keypoints }),
        Setting(
            "loss.weights.keypointHeatmap", \.training.loss.weights.keypointHeatmap, when: { $0.network.keypoints }),
        Setting("loss.weights.keypointOffset", \.training.loss.weights.keypointOffset, when: { $0.network.keypoints }),
        Setting("loss.radius", \.training.targets.radius),
        Setting("loss.minimumOverlap", \.training.targets.minimumOverlap),
    ]

    private static let trainingSettings: [Setting] = [
        Setting("training.epochs", \.training.epochs),
        Setting("training.batchSize", \.training.batchSize),
        Setting(
            "training.learningRate", \.training.learningRate, otherwise: { $0.training.automaticLearningRate }),
        Setting("training.optimizer.kind", \.training.optimizer.kind),
        Setting("training.optimizer.beta1", \.training.optimizer.beta1, when: { $0.isAdaptive }),
        Setting("training.optimizer.beta2", \.training.optimizer.beta2, when: { $0.isAdaptive }),
        Setting("training.optimizer.epsilon", \.training.optimizer.epsilon, when: { $0.isAdaptive }),
        Setting("training.optimizer.momentum", \.training.optimizer.momentum, when: { !$0.isAdaptive }),
        Setting("training.optimizer.nesterov", \.training.optimizer.nesterov, when: { !$0.isAdaptive }),
        Setting("training.optimizer.weightDecay", \.training.optimizer.weightDecay),
        Setting("training.schedule.kind", \.training.schedule.kind),
        Setting("training.schedule.milestones", \.training.schedule.milestones, when: { $0.schedule == .step }),
        Setting("training.schedule.factor", \.training.schedule.factor, when: { $0.schedule == .step }),
        Setting("training.schedule.final", \.training.schedule.final, when: { $0.schedule == .cosine }),
        Setting("training.warmUpSteps", \.training.warmUpSteps),
        Setting("training.gradientClip", \.training.gradientClip),
        Setting("training.averageDecay", \.training.averageDecay),
        Setting("training.evaluateEvery", \.training.evaluateEvery),
        Setting("training.freeze", \.training.freeze),
        Setting("training.seed", \.training.seed),
        Setting("training.backend", \.backend.name),
        Setting("training.algorithm", \.backend.algorithm),
        Setting("training.precision", \.backend.precision),
        Setting("training.loaderThreads", \.training.loaderThreads),
        Setting("training.checkpointSeconds", \.training.checkpointSeconds),
        Setting("training.imageCacheBytes", \.training.imageCacheBytes),
    ]

    private var isAdaptive: Bool { training.optimizer.kind != .sgd }
    private var schedule: Schedule.Kind { training.schedule.kind }
}

/// The parts of a schedule as separate settings: first the kind, then the parameters of that kind.
extension Schedule {
    enum Kind: String, CaseIterable, WordSetting { case constant, step, cosine }

    var kind: Kind {
        get {
            switch self {
            case .constant: .constant
            case .step: .step
            case .cosine: .cosine
            }
        }
        set {
            // Setting the kind that is already set keeps its values.
            if newValue == kind { return }
            switch newValue {
            case .constant: self = .constant
            case .step: self = .step(milestones: [], factor: 0.1)
            case .cosine: self = .cosine(final: 0.01)
            }
        }
    }

    var milestones: [Int] {
        get { if case .step(let milestones, _) = self { milestones } else { [] } }
        set { self = .step(milestones: newValue, factor: factor) }
    }

    var factor: Double {
        get { if case .step(_, let factor) = self { factor } else { 1 } }
        set { self = .step(milestones: milestones, factor: newValue) }
    }

    var final: Double {
        get { if case .cosine(let final) = self { final } else { 1 } }
        set { self = .cosine(final: newValue) }
    }
}
