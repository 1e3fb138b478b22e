import Auditing
import Datasets
import DetectorLoading
import Experiments
import Foundation
import Graphs
import Inference
import Jobs
import Tensors
import Training

/// Compares the annotations of a data set with a network's predictions, and lists the probable faults.
package struct AuditJob {
    private let experiment: Experiment?
    private let model: URL
    private let index: DatasetIndex
    private let split: String
    private let output: OutputFolder
    private let replaces: Bool
    private let backend: any Backend
    private let progress: (JobEvent) -> Void
    private let report: (TrainingEvent) -> Void

    /// Reads a data set.
    ///
    /// - Parameters:
    ///   - model: A run folder or a weights file.
    ///   - dataset: The data set; nil means that of the model's run.
    ///   - split: The images to audit: a split, or `all`.
    ///   - output: The folder for the results.
    ///   - replaces: Whether annotations in that folder may be replaced.
    ///   - backend: What computes the predictions; trainings use the experiment's own.
    /// - Throws: ``AuditError/noDataset(model:)`` if neither names a data set; any loading error.
    package init(
        model: URL, dataset: String?, split: String, output: URL, replaces: Bool = false, backend: any Backend,
        progress: @escaping (JobEvent) -> Void, training report: @escaping (TrainingEvent) -> Void = { _ in }
    ) throws {
        self.model = model
        self.split = split
        self.replaces = replaces
        self.backend = backend
        self.progress = progress
        self.report = report
        if let run = RunFolder(around: model), try FileKind.of(run.experiment) != nil {
            var experiment = try Experiment(contentsOf: run.experiment, dataset: dataset)
            // Boxes are audited.
            (experiment.training.trainsKeypoints, experiment.training.keypointSigmas) = (false, nil)
            experiment.network.mirrorPairs = nil
            self.experiment = experiment
        } else {
            experiment = nil
        }
        guard let source = experiment?.source ?? dataset.map({ DatasetSource(root: URL(fileURLWithPath: $0)) }) else {
            throw AuditError.noDataset(model: model.relativePath)
        }
        progress(.note("reading \(source.root.relativePath)"))
        index = try DatasetIndex(source)
        for finding in index.findings where finding.rule != .otherFormat { progress(.warning("\(finding)")) }
        if index.objectKind == .points { throw AuditError.points(root: source.root.relativePath) }
        self.output = try OutputFolder(output).sparing(index.files + Detector.files(of: model))
    }

    /// Audits the images with the model's weights.
    package func run() throws -> AuditResult {
        let detector = try Detector.finder(model)
        let dataset = try dataset(classNames: detector.classNames)
        let result = AuditResult(dataset: dataset, output: output)
        try result.requirePlaces(replaces: replaces)
        let images = try AuditPrediction(detector, backend: backend).images(
            of: dataset.samples, finished: 0, of: dataset.samples.count, progress: progress)
        return try result.written(images, folds: nil, progress: progress)
    }

    /// Audits each image with a network that was trained on the images of other folds, with the settings of the model's run.
    ///
    /// - Throws: ``AuditError``, and the errors of training.
    package func run(folds count: Int) throws -> AuditResult {
        guard let experiment else { throw AuditError.noExperiment(model: model.relativePath) }
        let outputs = try experiment.answers(on: index)
        let dataset = try dataset(classNames: outputs.classNames)
        let pool = try index.dataset(split: "all", classNames: outputs.classNames).withoutKeypoints
        // Identical images stay together: a network recognizes those that it was trained on.
        let folds = try Folds(of: dataset, count: count, seed: experiment.training.seed)
        let result = AuditResult(dataset: dataset, output: output)
        try result.requirePlaces(replaces: replaces)
        let training = FoldTraining(
            experiment: experiment, outputs: outputs, folds: count, folder: output.file("folds"), progress: progress,
            report: report)
        var images = [AuditedImage?](repeating: nil, count: dataset.samples.count)
        var finished = 0
        for fold in 0..<count {
            let members = folds.measured(in: fold)
            let audited = Set(members.map { dataset.samples[$0].imageURL })
            var rest = pool
            rest.samples.removeAll { audited.contains($0.imageURL) }
            rest.split = "all but fold \(fold + 1) of \(count)"
            let detector = try training.detector(fold: fold, training: rest)
            let found = try AuditPrediction(detector, backend: backend).images(
                of: members.map { dataset.samples[$0] }, finished: finished, of: dataset.samples.count,
                progress: progress)
            for (member, image) in zip(members, found) { images[member] = image }
            finished += members.count
        }
        return try result.written(images, folds: count, progress: progress)
    }

    private func dataset(classNames: [String]) throws -> DetectionDataset {
        let dataset = try index.dataset(split: split, classNames: classNames).withoutKeypoints
        if dataset.samples.isEmpty {
            throw RunError.emptySplit(split: split, root: index.source.root.relativePath)
        }
        if let warning = dataset.problemsSummary { progress(.warning(warning)) }
        return dataset
    }
}
