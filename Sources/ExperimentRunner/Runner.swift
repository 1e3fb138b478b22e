import DatasetChecks
import Datasets
import Evaluation
import Experiments
import Foundation
import Graphs
import Inference
import Interruption
import JSON
import Jobs
import Networks
import Tensors
import Training

/// Runs an experiment: trains, evaluates the best weights, draws their detections, and writes all results.
public struct Runner {
    /// The experiment.
    public let experiment: Experiment
    /// The run folder.
    public let folder: RunFolder
    private let backend: any Backend
    private let progress: (JobEvent) -> Void
    private let reportTraining: (TrainingEvent) -> Void
    private let interrupt: InterruptFlag
    private let threads: Int?
    private let knownIndex: DatasetIndex?

    /// Creates a runner without starting anything.
    ///
    /// - Parameters:
    ///   - index: The experiment's data set, where it was read already.
    ///   - threads: The number of compute threads; nil means that of the checkpoint when resuming, otherwise the default.
    public init(
        _ experiment: Experiment, index: DatasetIndex? = nil, threads: Int? = nil,
        progress: @escaping (JobEvent) -> Void,
        training: @escaping (TrainingEvent) -> Void = { _ in }, interrupt: InterruptFlag = .current
    ) {
        self.experiment = experiment
        backend = experiment.backend.backend
        self.progress = progress
        reportTraining = training
        self.interrupt = interrupt
        self.threads = threads
        knownIndex = index
        folder = RunFolder(experiment.folder)
    }

    /// Trains, and writes weights and a log to the run folder.
    ///
    /// - Throws: ``FolderLockError`` if another process writes to the folder, ``RunError/exists(folder:remains:)`` instead of replacing a run,
    ///   ``RunError/interrupted(folder:epochs:)`` if the flag was raised, and the errors of all parts of the job.
    @discardableResult
    public func train(_ start: RunStart = .fresh) throws -> TrainingSummary {
        try withFolder(for: start) { continues in
            try train(on: readIndex(continuing: continues), continuing: continues)
        }
    }

    /// Calls a function while no other process writes to the run's folder, and tells it whether there is a run to be continued.
    private func withFolder<Result>(for start: RunStart, _ body: (_ continues: Bool) throws -> Result) throws -> Result
    {
        if let threads { Threads.use(threads) }
        let lock = try FolderLock(folder.url)
        defer { lock.release() }
        let place = folder.url.relativePath
        switch start {
        case .fresh: if !folder.remains.isEmpty { throw RunError.exists(folder: place, remains: folder.remains) }
        case .replacing: if !folder.remains.isEmpty { progress(.note("replacing the run in \(place)")) }
        case .resuming:
            try folder.requireCheckpointOrNothing()
            if folder.hasCheckpoint {
                useThreadsOfCheckpoint()
            } else {
                progress(.note("there is no run to resume in \(place): starting from the beginning"))
            }
        }
        folder.removeAbandonedFiles()
        return try InterruptFlag.$current.withValue(interrupt) {
            try body(start == .resuming && folder.hasCheckpoint)
        }
    }

    /// Continues with as many threads as the run had, on which last bits depend, unless a number was chosen.
    private func useThreadsOfCheckpoint() {
        guard threads == nil, let count = folder.checkpointThreads, count != Threads.teamSize || count != Threads.count
        else { return }
        progress(
            .note(
                "computing with \(count) \(count == 1 ? "thread" : "threads"), as the run did, for the same bits; --threads "
                    + "chooses another number"))
        Threads.use(count)
    }

    private func readIndex(continuing: Bool) throws -> DatasetIndex {
        // A resumed run does not read the weights that it began with.
        if case .weights(let pretrained) = experiment.startingPoint, !continuing,
            let weights = try? Model.weightsFile(at: pretrained)
        {
            try InputFiles([weights]).requireApart([folder.lastWeights, folder.bestWeights, folder.checkpoint])
        }
        progress(.note("reading \(experiment.dataset.root)"))
        let index = try knownIndex ?? experiment.index()
        for finding in index.findings where finding.rule != .otherFormat { progress(.warning("\(finding)")) }
        return index
    }

    private func train(on index: DatasetIndex, continuing: Bool) throws -> TrainingSummary {
        let answers = try experiment.answers(on: index)
        let training = try experiment.trainingSplit(of: index, answers)
        let validation = try experiment.validationSplit(of: index, answers)
        for dataset in [training, validation] { warnOfProblems(in: dataset) }
        let collisions = CellCollisions(training.samples, inputSize: experiment.input.size)
        if let warning = collisions.warning { progress(.warning(warning)) }
        let model = try experiment.makeModel(answers)
        // A resumed run loads its own weights.
        if !continuing { try start(model) }
        let trainer = try Trainer(
            model: model, training: training, validation: validation,
            configuration: experiment.trainingConfiguration(resuming: continuing),
            backend: backend, runFolder: folder.url, interrupt: interrupt, report: reportTraining)
        // Resuming fails if the run is of another experiment, so its record is replaced only after resuming.
        if !continuing {
            try trainer.discardEarlierRun()
            try writeExperiment(answers, plan: trainer.description)
        }
        let summary = try trainer.run(resume: continuing)
        if continuing { try writeExperiment(answers, plan: trainer.description) }
        if summary.outcome == .interrupted { throw interrupted(summary) }
        return summary
    }

    private func start(_ model: Model) throws {
        let match = try model.start(from: experiment.startingPoint)
        switch experiment.startingPoint {
        case .random: return
        case .included:
            progress(
                .note("starting from the included weights, trained on made-up scenes; --pretrained none does without"))
        case .weights:
            progress(.note("starting from \(experiment.network.pretrained ?? ""):"))
            for line in (match?.text ?? "").split(separator: "\n") { progress(.note(String(line))) }
        }
    }

    /// Trains, evaluates the best weights on the validation split, draws boxes and heatmaps, and writes `metrics.json` and
    /// `report.html`.
    ///
    /// - Throws: as ``train(_:)``, and ``RunError/interruptedAfterTraining(folder:)``.
    public func run(_ start: RunStart = .fresh) throws -> RunMetrics {
        let began = ContinuousClock.now
        return try withFolder(for: start) { continues in
            let index = try readIndex(continuing: continues)
            let summary = try train(on: index, continuing: continues)
            let undone = RunError.interruptedAfterTraining(folder: folder.url.relativePath)
            // Also where no loop checks the flag, as while a network is loaded.
            Signals.sayAtEnd("\(undone)".shownOnTerminal)
            do { return try finish(summary, on: index, began: began) } catch is Interrupted { throw undone }
        }
    }

    /// Evaluates a trained network, draws, and writes the results.
    private func finish(
        _ summary: TrainingSummary, on index: DatasetIndex, began: ContinuousClock.Instant
    ) throws -> RunMetrics {
        let model = try Model.load(folder.url)
        let predictor = try Predictor(model: model, backend: backend, options: experiment.training.prediction)
        let validation = try experiment.validationSplit(
            of: index,
            NetworkOutputs(
                classNames: model.classNames, objectKind: model.network.objectKind, skeleton: model.skeleton))
        let result = try evaluate(
            predictor: predictor, dataset: validation, keypointSigmas: experiment.training.keypointSigmas,
            points: experiment.training.points
        ) { finished, count in
            progress(.working("evaluating", finished: finished, count: count))
        }
        let readable = validation.samples.filter { sample in
            !result.unreadable.contains { $0.file == sample.imageURL }
        }
        try draw(readable, predictor: predictor)
        let images = try ReviewedImages(
            of: result, dataset: validation, predictor: predictor, threshold: experiment.outputs.threshold,
            targets: experiment.training.targets, points: experiment.training.points, count: Self.shownImages
        ) { finished, count in
            progress(.working("reviewing images", finished: finished, count: count))
        }
        let metrics = try RunMetrics(
            report: result.report, classNames: model.classNames, training: summary, precision: predictor.precision(),
            seconds: (ContinuousClock.now - began) / .seconds(1))
        try OutputFolder(folder.url).write(metrics.json, to: folder.metrics)
        try RunReport(experiment: experiment, folder: folder, metrics: metrics, images: images).write()
        return metrics
    }

    /// The number of images in the report with the most errors, and with the fewest.
    private static let shownImages = 6

    /// Returns the result of training for the terminal.
    public func text(of summary: TrainingSummary) -> String {
        let nothing = "nothing to score in validation, so no weights are the best and the last ones are used; "
        let best =
            summary.best.map { String(format: "best \($0.measure) %.3f after epoch \($0.epoch); ", $0.score) }
            ?? (summary.hasNothingToScore ? nothing : "")
        return best + "weights are in \(folder.bestWeights.deletingLastPathComponent().relativePath)"
    }

    private func interrupted(_ summary: TrainingSummary) -> RunError {
        .interrupted(folder: folder.url.relativePath, epochs: summary.epochs)
    }

    private func draw(_ samples: [Sample], predictor: Predictor) throws {
        let files = samples.map(\.imageURL)
        let images = zip(ImageSource.uniquelyNamed(files), samples).map { image, sample in
            var image = image
            image.identity = sample.identity
            return image
        }
        let detections = try OutputFolder(folder.detections).sparing(files)
        detections.removeFiles(withExtensions: ["png", "json"])
        try warnOfFailures {
            try DetectionDemo(
                predictor: predictor, threshold: experiment.outputs.threshold,
                maximumDetections: experiment.training.prediction.maximumDetections(of: predictor.detector.objectKind),
                output: detections,
                progress: progress
            ).run(Array(images.prefix(experiment.outputs.demoCount))).throwIfSomeFailed()
        }
        let heatmaps = try OutputFolder(folder.heatmaps).sparing(files)
        heatmaps.removeFiles(withExtensions: ["png", "npy"])
        try warnOfFailures {
            try HeatmapDemo(
                predictor: predictor, threshold: experiment.outputs.threshold, output: heatmaps, progress: progress
            ).run(Array(images.prefix(experiment.outputs.heatmapCount))).throwIfSomeFailed()
        }
    }

    /// Draws images; those that cannot be drawn are reported, and the run continues to its figures.
    private func warnOfFailures(_ draw: () throws -> Void) throws {
        do { try draw() } catch let error as UnusableImageError {
            progress(.warning("\(error)"))
        } catch let error as ImageSourceError {
            guard case .some = error else { throw error }
            progress(.warning("\(error)"))
        }
    }

    private func writeExperiment(_ answers: NetworkOutputs, plan: TrainingPlan) throws {
        var complete = experiment.completed(with: answers)
        complete.training.learningRate = plan.learningRate
        try OutputFolder(folder.url).write(complete.json, to: folder.experiment)
    }

    private func warnOfProblems(in dataset: DetectionDataset) {
        if let warning = dataset.problemsSummary { progress(.warning(warning)) }
    }
}
