import Boxes
import Datasets
import Evaluation
import Foundation
import HeatmapTargets
import Inference
import JSON
import Training

/// How well detections agree with a split of a data set, wherever they come from.
public struct EvaluationJob {
    /// The figures.
    public let report: AveragePrecisionReport
    /// What was evaluated.
    public let detections: [ScoredBox]
    private let dataset: DetectionDataset
    /// Where the detections were read from.
    private var file: URL?
    /// The number of each class in result files.
    private var categoryIDs: [Int] { dataset.categories.ids }

    /// Evaluates a trained network.
    ///
    /// - Parameters:
    ///   - model: A run's folder, a weights file or an ONNX file.
    ///   - imports: How an ONNX file is used.
    ///   - dataset: The data set; nil takes the one that the run validated on.
    ///   - split: Its split; nil takes the one that the run validated on, or `val`.
    /// - Throws: ``RunError/noDataset(model:)`` when neither says which; what loading throws.
    public static func model(
        at model: URL, imports: ImportRequest = ImportRequest(), dataset: String?, split: String?,
        predictor: (Detector) throws -> Predictor, progress: any RunProgress
    ) throws -> EvaluationJob {
        let network = try Detector.finder(model, imports)
        let data = try Self.dataset(
            for: model, classNames: network.classNames, skeleton: network.skeleton, dataset: dataset, split: split,
            progress: progress)
        let sigmas = try experiment(of: model)?.training.keypointSigmas
        let predictor = try predictor(network)
        let precision = try predictor.precision()
        if precision != .float32 { progress.report(.note("computing in \(precision.rawValue)")) }
        let result = try evaluate(predictor: predictor, dataset: data, keypointSigmas: sigmas) {
            finished, count in
            progress.report(.working("evaluating", finished: finished, count: count))
        }
        if let first = result.unreadable.first {
            progress.report(
                .warning("\(result.unreadable.count) of \(data.samples.count) images cannot be read: \(first.reason)")
            )
        }
        return EvaluationJob(report: result.report, detections: result.detections, dataset: data)
    }

    /// The images that a trained network is evaluated on; parameters and errors as in ``model(at:imports:dataset:split:predictor:progress:)``.
    public static func dataset(
        for model: URL, classNames: [String], skeleton: Skeleton? = nil, dataset: String?, split: String?,
        progress: any RunProgress
    ) throws -> DetectionDataset {
        let run = try experiment(of: model)
        guard var source = dataset.map({ DatasetSource(root: URL(fileURLWithPath: $0)) }) ?? run?.source else {
            throw RunError.noDataset(model: model.relativePath)
        }
        // Files for boxes and files for keypoints lie side by side; the network's answers say which are meant.
        source.prefersKeypoints = source.prefersKeypoints || skeleton != nil
        let split = split ?? (dataset == nil ? run?.dataset.validationSplit : nil) ?? "val"
        return try load(source, split: split, classNames: classNames, progress: progress)
            .answering(skeleton, root: source.root.relativePath)
    }

    /// Evaluates a file of detections in COCO's result form.
    ///
    /// - Parameter classNames: The classes by `category_id` from 1; nil for all of the data set, sorted.
    public static func detections(
        at file: URL, dataset: String, split: String?, classNames: [String]?, progress: any RunProgress
    ) throws -> EvaluationJob {
        var source = DatasetSource(root: URL(fileURLWithPath: dataset))
        source.prefersKeypoints = COCOResults.haveKeypoints(file)
        let data = try load(source, split: split ?? "val", classNames: classNames, progress: progress)
        let content = try COCOResults.read(from: file, dataset: data)
        for note in content.notes { progress.report(.note(note)) }
        let detections = content.detections
        // A file of boxes is not evaluated for keypoints.
        let evaluated = detections.contains { !$0.keypoints.isEmpty } ? data : data.withoutKeypoints
        return EvaluationJob(
            report: evaluated.report(on: detections), detections: detections, dataset: data, file: file)
    }

    /// The figures as in the `validation` part of `metrics.json`.
    public var json: JSONValue { report.json(classNames: dataset.classNames) }

    /// The figures for the terminal.
    public var text: String { report.table(classNames: dataset.classNames) }

    /// Writes `detections.json` (COCO's result form) and a text file a class (VOC's) into a folder.
    ///
    /// - Throws: ``ImageSourceError/wouldOverwrite(_:)`` rather than replace the file that the detections are from.
    public func writeDetections(to folder: URL) throws {
        let output = try OutputFolder(folder).sparing(file.map { [$0] } ?? [])
        let list = try output.place("detections", as: "json")
        for name in VOCResults.fileNames(classNames: dataset.classNames, split: dataset.split) {
            try output.requireApart(name)
        }
        let images = dataset.samples.map(\.identity)
        try output.write(COCOResults.json(detections, images: images, categoryIDs: categoryIDs), to: list)
        try VOCResults.write(
            detections, imageIDs: dataset.samples.map(\.id), classNames: dataset.classNames, split: dataset.split,
            to: folder)
    }

    private static func load(
        _ source: DatasetSource, split: String, classNames: [String]?, progress: any RunProgress
    ) throws -> DetectionDataset {
        let index = try DatasetIndex(source)
        for finding in index.findings where finding.rule != .otherFormat { progress.report(.warning("\(finding)")) }
        let data = try index.dataset(split: split, classNames: classNames)
        if data.samples.isEmpty { throw RunError.emptySplit(split: split, root: source.root.relativePath) }
        if let warning = problemsWarning(data) { progress.report(.warning(warning)) }
        return data
    }

    /// How the heatmaps were rendered that a network learned from, where its run says so.
    public static func targets(of model: URL) throws -> TargetOptions {
        try experiment(of: model)?.training.targets ?? TargetOptions()
    }

    /// The experiment beside the weights, when they lie in a run's folder.
    static func experiment(of model: URL) throws -> Experiment? {
        var folder = model
        for _ in 0..<3 {
            let file = RunFolder(folder).experiment
            if FileManager.default.fileExists(atPath: file.path) { return try Experiment(contentsOf: file) }
            folder = folder.absoluteURL.deletingLastPathComponent()
        }
        return nil
    }
}
