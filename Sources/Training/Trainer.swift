import Datasets
import DetectionLosses
import Foundation
import Graphs
import Inference
import Networks
import Tensors

/// Trains a detector ("Objects as Points", section 5) and maintains the run's folder.
///
/// A run depends only on its configuration, its data and its seed: stopped at any point, by a signal or a crash of the machine, and
/// resumed, it ends with bit-identical results.
public final class Trainer {
    /// The network; its parameters are trained in place.
    public let model: Model
    /// The training set.
    public let training: DetectionDataset
    /// The validation set, which decides the best weights.
    public let validation: DetectionDataset?
    /// The settings of the run.
    public let configuration: TrainingConfiguration
    /// The folder of the run's files.
    public let folder: RunFolder

    let backend: any Backend
    let progress: any TrainingProgress
    let interrupt: InterruptFlag?
    let plan: BatchPlan
    let learningRate: Double
    let optimizer: Optimizer
    let average: WeightAverage?
    let predictor: Predictor
    /// The model that is validated and saved: the average of the weights, if there is one.
    let shown: Model
    let frozenParameterCount: Int
    var state = TrainingState()
    var warnings = TrainingWarnings()
    var lastCheckpoint = ContinuousClock.now
    private let program: any Program
    private let gradientNorm: GradientNorm
    private let samples: SampleLoader
    private var pace = Pace()

    /// Prepares a run: compiles the network, without reading or writing anything yet.
    ///
    /// - Parameters:
    ///   - runFolder: The run's folder; created if it does not exist.
    ///   - interrupt: A flag that stops the run after the current step.
    /// - Throws: ``TrainingError`` when the configuration or the data is invalid, ``GraphError`` when the network does not accept its input
    ///   size.
    public init(
        model: Model, training: DetectionDataset, validation: DetectionDataset?, configuration: TrainingConfiguration,
        backend: any Backend, runFolder: URL, progress: any TrainingProgress, interrupt: InterruptFlag? = nil
    ) throws {
        try configuration.validate()
        guard !training.samples.isEmpty else { throw TrainingError.noImages(split: training.split) }
        guard training.samples.contains(where: { $0.objects.contains { !$0.isIgnored } }) else {
            throw TrainingError.noObjects(split: training.split, images: training.samples.count)
        }
        for dataset in [training, validation].compactMap({ $0 }) where dataset.classNames != model.classNames {
            throw TrainingError.configuration([
                "the data set has the classes \(dataset.classNames.joined(separator: ", ")), but the network has "
                    + model.classNames.joined(separator: ", ")
            ])
        }
        for dataset in [training, validation].compactMap({ $0 })
        where dataset.skeleton?.keypointNames != model.skeleton?.keypointNames {
            let names = [dataset.skeleton, model.skeleton].map { $0?.keypointNames.joined(separator: ", ") ?? "none" }
            throw TrainingError.configuration([
                "the data set has the keypoints \(names[0]), but the network has \(names[1])"
            ])
        }
        self.model = model
        self.training = training
        self.validation = validation.flatMap { $0.samples.isEmpty ? nil : $0 }
        self.configuration = configuration
        self.backend = backend
        self.progress = progress
        self.interrupt = interrupt
        folder = RunFolder(runFolder)
        plan = BatchPlan(
            sampleCount: training.samples.count, batchSize: configuration.batchSize, seed: configuration.seed)
        learningRate = configuration.learningRate ?? configuration.automaticLearningRate
        samples = SampleLoader(
            dataset: training, inputSize: model.inputSize, mean: model.mean,
            standardDeviation: model.standardDeviation, augmentation: configuration.augmentation,
            targets: configuration.targets, seed: configuration.seed, cacheBytes: configuration.imageCacheBytes)
        let frozenNodes = try Self.frozenNodes(configuration.freeze, of: model.graph)
        let frozen = Set(
            model.graph.nodes.filter { frozenNodes.contains($0.name) }.flatMap { node in
                (node.operator?.parameters ?? []).map(node.parameterName)
            })
        frozenParameterCount = model.parameters.entries.filter { $0.gradient != nil && frozen.contains($0.name) }
            .reduce(0) { $0 + $1.value.count }
        guard frozenParameterCount < model.graph.learnedParameterCount else {
            throw TrainingError.configuration(["training.freeze leaves no parameters to train"])
        }
        program = try backend.compile(
            model.graph.freezing(frozenNodes), parameters: model.parameters,
            inputs: ["image": [plan.batchSize, 3, model.inputSize, model.inputSize]], mode: .training)
        optimizer = Optimizer(configuration: configuration.optimizer, parameters: model.parameters, frozen: frozen)
        gradientNorm = GradientNorm(model.parameters, frozen: frozen)
        average =
            configuration.averageDecay > 0
            ? WeightAverage(of: model.parameters, graph: model.graph, decay: configuration.averageDecay) : nil
        var shown = model
        if let average { shown.parameters = average.parameters }
        self.shown = shown
        predictor = try Predictor(model: shown, backend: backend, options: configuration.prediction)
    }

    /// Trains to the last epoch, or until interrupted.
    ///
    /// - Parameter resume: Whether to resume from the folder's checkpoint, if there is one; otherwise the files of an earlier run in the
    ///   folder are removed.
    /// - Throws: ``TrainingError``; file system errors. Files on disk stay as the last checkpoint left them.
    public func run(resume: Bool = false) throws -> TrainingSummary {
        let began = ContinuousClock.now
        try folder.create()
        if resume && folder.hasCheckpoint {
            try restoreCheckpoint()
        } else {
            try folder.clear()
        }
        // From here on there is always a checkpoint to resume from.
        try saveCheckpoint()
        progress.report(.started(description, finishedSteps: finishedSteps))
        var outcome = TrainingSummary.Outcome.finished
        do {
            try train()
        } catch is Interruption {
            outcome = .interrupted
        }
        try saveCheckpoint()
        return summary(outcome, seconds: began.secondsToNow)
    }

    private func train() throws {
        let first = finishedSteps
        let end = max(first, configuration.epochs * plan.stepsPerEpoch)
        let batches = BatchLoader(
            samples: samples, plan: plan, steps: first..<end, threads: configuration.loaderThreads)
        defer { batches.stop() }
        while state.epoch < configuration.epochs {
            var began = ContinuousClock.now
            while state.step < plan.stepsPerEpoch, let batch = try batches.next() {
                try takeStep(batch, began: began, waited: began.secondsToNow)
                try stopIfAsked()
                try saveCheckpointIfDue()
                began = .now
            }
            try finishEpoch()
            try saveCheckpointIfDue()
        }
    }

    /// Runs one step: forward pass, losses, backward pass, gradient clipping, update.
    private func takeStep(_ batch: TrainingBatch, began: ContinuousClock.Instant, waited: Double) throws {
        warnings.note(unreadable: batch.unreadable)
        let outputs = try program.forward(["image": batch.input])
        let suffixes = model.graph.headSuffixes
        let stacks = try suffixes.map { suffix in
            guard let maps = HeadMaps(outputs, suffix: suffix, hasKeypoints: model.skeleton != nil) else {
                throw PredictorError.missingOutput("heatmap, size, offset or keypoints\(suffix)")
            }
            return maps
        }
        let loss = configuration.loss.evaluate(stacks: stacks, targets: batch.targets)
        try watch(loss, batch)
        try program.backward(loss.outputGradients(suffixes: suffixes))
        let norm = gradientNorm.clip(to: configuration.gradientClip)
        guard norm.isFinite else { throw notFinite("the gradient is not finite", batch.files) }
        let rate = learningRate(step: finishedSteps)
        optimizer.step(learningRate: rate)
        average?.update()
        let seconds = began.secondsToNow
        state.finishStep(
            loss.terms, gradientNorm: norm, seconds: seconds, dataWaitSeconds: waited, images: plan.batchSize)
        pace.add(seconds)
        let stepsLeft = configuration.epochs * plan.stepsPerEpoch - finishedSteps
        progress.report(
            .step(
                StepReport(
                    epoch: state.epoch + 1, step: state.step, losses: state.meanLosses, learningRate: rate,
                    dataWaitSeconds: waited, imagesPerSecond: Double(plan.batchSize) / max(pace.secondsPerStep, 1e-9),
                    secondsLeft: Double(stepsLeft) * pace.secondsPerStep)))
    }

    private static func frozenNodes(_ patterns: [String], of graph: Graph) throws(TrainingError) -> Set<String> {
        do {
            return try graph.nodesToFreeze(patterns)
        } catch {
            throw .configuration(["training.freeze: \(error)"])
        }
    }

    /// Returns the learning rate of a step of the run, counted from 0.
    func learningRate(step: Int) -> Double {
        learningRate
            * configuration.schedule.factor(
                step: step, stepsPerEpoch: plan.stepsPerEpoch, epochs: configuration.epochs,
                warmUpSteps: configuration.warmUpSteps)
    }

    /// The number of finished steps of the run.
    var finishedSteps: Int { state.globalStep(stepsPerEpoch: plan.stepsPerEpoch) }

    private func watch(_ loss: LossResult, _ batch: TrainingBatch) throws(TrainingError) {
        switch state.watch.observe(loss, focal: configuration.loss.focal) {
        case nil: break
        case .notFinite(_, let images)?:
            let files = images.isEmpty ? batch.files : images.map { batch.files[$0] }
            var terms = "heatmap \(loss.heatmap), size \(loss.size), offset \(loss.offset)"
            if model.skeleton != nil { terms += loss.terms.keypointTerms.map { ", \($0.name) \($0.value)" }.joined() }
            throw notFinite(
                "the loss is not finite (\(terms)): lower the learning rate, add warm-up steps, or clip the "
                    + "gradient's norm", files)
        case let diagnosis?: warn(diagnosis.message)
        }
    }

    private func notFinite(_ reason: String, _ files: [URL]) -> TrainingError {
        .notFinite(epoch: state.epoch + 1, step: state.step + 1, reason: reason, files: files.map(\.lastPathComponent))
    }

    private func stopIfAsked() throws(Interruption) {
        if interrupt?.isRaised == true { throw Interruption() }
    }

    func warn(_ message: String) {
        if warnings.add(message) { progress.report(.warning(message)) }
    }
}

/// Thrown where a run stops because it was asked to.
struct Interruption: Error {}
