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

    /// Creates a runner without starting anything.
    public init(
        _ experiment: Experiment, progress: @escaping (JobEvent) -> Void,
        training: @escaping (TrainingEvent) -> Void = { _ in }, interrupt: InterruptFlag = .current
    ) {
        self.experiment = experiment
        backend = experiment.backend.backend
        self.progress = progress
        reportTraining = training
        self.interrupt = interrupt
        folder = RunFolder(experiment.folder)
    }

    /// Trains, and writes weights and a log to the run folder.
    ///
    /// - Parameter resume: Whether to continue from the last checkpoint, bit for bit.
    /// - Throws: ``RunError/interrupted(folder:epochs:)`` if the flag was raised, and the errors of all parts of the job.
    @discardableResult
    public func train(resume: Bool = false) throws -> TrainingSummary {
        try InterruptFlag.$current.withValue(interrupt) { try train(on: readIndex(resume: resume), resume: resume) }
    }

    private func readIndex(resume: Bool) throws -> DatasetIndex {
        // A resumed run does not read the weights that it began with.
        if let pretrained = experiment.network.pretrained, !(resume && folder.hasCheckpoint),
            let weights = try? Model.weightsFile(at: URL(fileURLWithPath: pretrained))
        {
            try InputFiles([weights]).requireApart([folder.lastWeights, folder.bestWeights, folder.checkpoint])
        }
        progress(.note("reading \(experiment.dataset.root)"))
        let index = try experiment.index()
        for finding in index.findings where finding.rule != .otherFormat { progress(.warning("\(finding)")) }
        return index
    }

    private func train(on index: DatasetIndex, resume: Bool) throws -> TrainingSummary {
        if resume && !folder.hasCheckpoint {
            progress(
                .note("there is no run to resume in \(folder.url.relativePath): starting from the beginning"))
        }
        if !resume && folder.hasCheckpoint {
            progress(
                .note("replacing the run in \(folder.url.relativePath); --resume would have continued it"))
        }
        let answers = try experiment.answers(on: index)
        let training = try experiment.trainingSplit(of: index, answers)
        let validation = try experiment.validationSplit(of: index, answers)
        for dataset in [training, validation] { warnOfProblems(in: dataset) }
        let collisions = CellCollisions(training.samples, inputSize: experiment.input.size)
        if let warning = collisions.warning { progress(.warning(warning)) }
        let model = try experiment.makeModel(answers)
        // A resumed run loads its own weights.
        if let pretrained = experiment.network.pretrained, !(resume && folder.hasCheckpoint) {
            let match = try model.start(from: URL(fileURLWithPath: pretrained))
            progress(.note("starting from \(pretrained):"))
            for line in match.text.split(separator: "\n") { progress(.note(String(line))) }
        }
        let trainer = try Trainer(
            model: model, training: training, validation: validation,
            configuration: experiment.trainingConfiguration(resuming: resume && folder.hasCheckpoint),
            backend: backend, runFolder: folder.url, interrupt: interrupt, report: reportTraining)
        // Resuming fails if the run is of another experiment, so its record is replaced only after resuming.
        let continues = resume && folder.hasCheckpoint
        if !continues { try writeExperiment(answers, plan: trainer.description) }
        let summary = try trainer.run(resume: resume)
        if continues { try writeExperiment(answers, plan: trainer.description) }
        if summary.outcome == .interrupted { throw interrupted(summary) }
        return summary
    }

    /// Trains, evaluates the best weights on the validation split, draws boxes and heatmaps, and writes `metrics.json` and
    /// `report.html`.
    ///
    /// - Throws: as ``train(resume:)``, and ``RunError/interruptedAfterTraining(folder:)``.
    public func run(resume: Bool = false) throws -> RunMetrics {
        try InterruptFlag.$current.withValue(interrupt) {
            let began = ContinuousClock.now
            let index = try readIndex(resume: resume)
            let summary = try train(on: index, resume: resume)
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
            of: index, NetworkOutputs(classNames: model.classNames, skeleton: model.skeleton))
        let result = try evaluate(
            predictor: predictor, dataset: validation, keypointSigmas: experiment.training.keypointSigmas
        ) { finished, count in
            progress(.working("evaluating", finished: finished, count: count))
        }
        let readable = validation.samples.filter { sample in
            !result.unreadable.contains { $0.file == sample.imageURL }
        }
        try draw(readable, predictor: predictor)
        let images = try ReviewedImages(
            of: result, dataset: validation, predictor: predictor, threshold: experiment.outputs.threshold,
            targets: experiment.training.targets, count: Self.shownImages
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
        let best =
            summary.best.map { String(format: "best \($0.measure) %.3f after epoch %d; ", $0.score, $0.epoch) } ?? ""
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
                maximumDetections: experiment.training.prediction.maximumDetections, output: detections,
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
