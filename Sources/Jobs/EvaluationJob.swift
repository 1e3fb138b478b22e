import Boxes
import Datasets
import DetectorLoading
import Evaluation
import Experiments
import Foundation
import HeatmapTargets
import Inference
import Interruption
import JSON
import Tensors
import Training

/// The evaluation of detections, from a model or a file, on a split of a data set.
public struct EvaluationJob {
    /// The metrics.
    public let report: AveragePrecisionReport
    /// The evaluated detections.
    public let detections: [ScoredBox]
    /// The files that were read: the model's, or the detections.
    private let inputs: [URL]
    private let dataset: DetectionDataset
    /// The category id of each class in results files.
    private var categoryIDs: [Int] { dataset.categories.ids }

    /// Evaluates a trained network.
    ///
    /// - Parameters:
    ///   - model: A run folder, a weights file or an ONNX file.
    ///   - imports: How an ONNX file is used.
    ///   - dataset: The data set; nil means the one that the run was validated on.
    ///   - split: The split; nil means the one that the run was validated on, or `val`.
    ///   - output: The folder that the detections will be written to, if any; see ``writeDetections(to:)``.
    /// - Throws: ``RunError/noDataset(model:)`` if neither names a data set; any loading error; an error about the output before
    ///   anything is evaluated.
    public static func model(
        at model: URL, imports: ImportRequest = ImportRequest(), dataset: String?, split: String?, output: URL? = nil,
        predictor: (Detector) throws -> Predictor, progress: @escaping (JobEvent) -> Void
    ) throws -> EvaluationJob {
        let network = try Detector.finder(model, imports)
        let data = try Self.dataset(
            for: model, classNames: network.classNames, objectKind: network.objectKind, skeleton: network.skeleton,
            dataset: dataset, split: split,
            progress: progress)
        if let output { _ = try places(in: output, for: data, sparing: network.files) }
        let training = try experiment(of: model)?.training ?? TrainingConfiguration()
        let predictor = try predictor(network)
        let precision = try predictor.precision()
        if precision != .float32 { progress(.note("computing in \(precision.rawValue)")) }
        let result = try evaluate(
            predictor: predictor, dataset: data, keypointSigmas: training.keypointSigmas, points: training.points
        ) {
            finished, count in
            progress(.working("evaluating", finished: finished, count: count))
        }
        if let first = result.unreadable.first {
            progress(
                .warning("\(result.unreadable.count) of \(data.samples.count) images cannot be read: \(first.reason)")
            )
        }
        return EvaluationJob(report: result.report, detections: result.detections, inputs: network.files, dataset: data)
    }

    /// Returns the images that a trained network is evaluated on; parameters and errors as in
    /// ``model(at:imports:dataset:split:predictor:progress:)``.
    public static func dataset(
        for model: URL, classNames: [String], objectKind: ObjectKind = .boxes, skeleton: Skeleton? = nil,
        dataset: String?, split: String?, progress: @escaping (JobEvent) -> Void
    ) throws -> DetectionDataset {
        let run = try experiment(of: model)
        guard var source = dataset.map({ DatasetSource(root: URL(fileURLWithPath: $0)) }) ?? run?.source else {
            throw RunError.noDataset(model: model.relativePath)
        }
        // Annotations of boxes and of keypoints may lie side by side; the network's outputs decide which are used.
        source.prefersKeypoints = source.prefersKeypoints || skeleton != nil
        // A network of points also finds the centres of boxes.
        source.objects = objectKind == .points ? .points : .boxes
        if let run, run.dataset.folds != nil, dataset == nil, split == nil {
            // Each split has images that the run was trained on; its own fold has none.
            let index = try read(source, progress: progress)
            let outputs = NetworkOutputs(classNames: classNames, objectKind: objectKind, skeleton: skeleton)
            return try checked(run.validationSplit(of: index, outputs), source, progress: progress)
        }
        let split = split ?? (dataset == nil ? run?.dataset.validationSplit : nil) ?? "val"
        return try load(source, split: split, classNames: classNames, progress: progress)
            .answering(
                NetworkOutputs(classNames: classNames, objectKind: objectKind, skeleton: skeleton),
                root: source.root.relativePath)
    }

    /// Evaluates a file of detections in COCO's results format.
    ///
    /// - Parameter classNames: The classes by `category_id` from 1; nil means all classes of the data set, sorted.
    public static func detections(
        at file: URL, dataset: String, split: String?, classNames: [String]?, output: URL? = nil,
        progress: @escaping (JobEvent) -> Void
    ) throws -> EvaluationJob {
        var source = DatasetSource(root: URL(fileURLWithPath: dataset))
        source.prefersKeypoints = COCOResults.haveKeypoints(file)
        if COCOResults.havePoints(file) { source.objects = .points }
        let data = try load(source, split: split ?? "val", classNames: classNames, progress: progress)
        if let output { _ = try places(in: output, for: data, sparing: [file]) }
        let content = try COCOResults.read(from: file, dataset: data)
        for note in content.notes { progress(.note(note)) }
        let detections = content.detections
        // A file with boxes only is not evaluated for keypoints.
        let evaluated = detections.contains { !$0.keypoints.isEmpty } ? data : data.withoutKeypoints
        return EvaluationJob(
            report: evaluated.report(on: detections), detections: detections, inputs: [file], dataset: data)
    }

    /// The metrics, in the form of the `validation` part of `metrics.json`.
    public var json: JSONValue { report.json(classNames: dataset.classNames) }

    /// The metrics as a table for the terminal.
    public var text: String { report.table(classNames: dataset.classNames) }

    /// Writes `detections.json` (COCO's results format) and one text file per class (VOC's format) to a folder; of points, `detections.csv`
    /// in place of the latter.
    ///
    /// - Throws: ``OutputError/sameFile(_:_:)`` instead of replacing a file of the model, of the data set or of detections.
    public func writeDetections(to folder: URL) throws {
        _ = try OutputFolder(folder)
        let places = try Self.places(in: folder, for: dataset, sparing: inputs)
        let images = dataset.samples.map(\.identity)
        let results = try COCOResultsFile(places[0], categoryIDs: categoryIDs)
        try detections.forEachUntilInterrupted { try results.add($0, in: images[$0.image]) }
        try results.finish()
        if dataset.objectKind == .points {
            return try PointResults.write(
                detections, imageIDs: dataset.samples.map(\.id), classNames: dataset.classNames, to: places[1])
        }
        try VOCResults.write(
            detections, imageIDs: dataset.samples.map(\.id), classNames: dataset.classNames, split: dataset.split,
            to: folder)
    }

    /// Returns where ``writeDetections(to:)`` writes, the list in COCO's format first, and creates the folder.
    private static func places(in folder: URL, for dataset: DetectionDataset, sparing inputs: [URL]) throws -> [URL] {
        let output = try OutputFolder(folder).sparing(inputs + dataset.files)
        let names = VOCResults.fileNames(classNames: dataset.classNames, split: dataset.split)
        let tables =
            dataset.objectKind == .points ? [try output.place("detections", as: "csv")] : names.map(output.file)
        let places = [try output.place("detections", as: "json")] + tables
        try output.requireApart(places)
        return places
    }

    private static func load(
        _ source: DatasetSource, split: String, classNames: [String]?, progress: @escaping (JobEvent) -> Void
    ) throws -> DetectionDataset {
        try checked(
            read(source, progress: progress).dataset(split: split, classNames: classNames), source, progress: progress)
    }

    private static func read(_ source: DatasetSource, progress: (JobEvent) -> Void) throws -> DatasetIndex {
        let index = try DatasetIndex(source)
        for finding in index.findings where finding.rule != .otherFormat { progress(.warning("\(finding)")) }
        return index
    }

    /// Returns a split that has images, after reporting its problems.
    private static func checked(
        _ data: DetectionDataset, _ source: DatasetSource, progress: (JobEvent) -> Void
    ) throws -> DetectionDataset {
        if data.samples.isEmpty { throw RunError.emptySplit(split: data.split, root: source.root.relativePath) }
        if let warning = data.problemsSummary { progress(.warning(warning)) }
        return data
    }

    /// Returns how the target heatmaps of a network's training were rendered; the defaults if its run is unknown.
    public static func targets(of model: URL) throws -> TargetOptions {
        try experiment(of: model)?.training.targets ?? TargetOptions()
    }

    /// Returns how points were compared in a network's validation; the defaults if its run is unknown.
    public static func points(of model: URL) throws -> PointOptions {
        try experiment(of: model)?.training.points ?? PointOptions()
    }

    /// Returns the experiment of the run folder that the weights are in, if any.
    package static func experiment(of model: URL) throws -> Experiment? {
        var folder = model
        for _ in 0..<3 {
            let file = RunFolder(folder).experiment
            if try FileKind.of(file) != nil { return try Experiment(contentsOf: file) }
            folder = folder.absoluteURL.deletingLastPathComponent()
        }
        return nil
    }
}
