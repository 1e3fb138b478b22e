import Datasets
import DetectorLoading
import Evaluation
import Foundation
import Graphs
import Inference
import JSON
import Networks
import Quantization
import Tensors

/// Quantizes a model to 8-bit integers and measures the loss of average precision.
public struct QuantizationJob {
    /// A run folder or a weights file.
    public var model: URL
    /// The output file.
    public var output: URL
    /// The data set; nil means the one that the run was validated on.
    public var dataset: String?
    /// The split that average precision is measured on; nil means the one that the run was validated on, or `val`.
    public var split: String?
    /// The calibration split; nil means `train`, or the other split if that is missing.
    public var calibrationSplit: String?
    /// How the network is quantized.
    public var options = QuantizationOptions()
    /// The compute backend.
    public var backend: any Backend

    /// Creates a job without running it.
    public init(model: URL, output: URL, backend: any Backend) {
        self.model = model
        self.output = output
        self.backend = backend
    }

    /// Runs the job.
    ///
    /// - Throws: ``QuantizationError``, loading errors, ``OutputError/sameFile(_:_:)`` if the result would replace the model or a file
    ///   of the data set.
    public func run(progress: @escaping (JobEvent) -> Void) throws -> QuantizationReport {
        if Detector.isONNX(model) { throw ImportError.option(Self.needsModel(model)) }
        let source = try Model.load(model)
        try InputFiles(Detector.files(of: model)).requireApart(output)
        let data = try EvaluationJob.dataset(
            for: model, classNames: source.classNames, objectKind: source.network.objectKind, skeleton: source.skeleton,
            dataset: dataset, split: split, progress: progress)
        try InputFiles(data.files).requireApart(output)
        var quantizer = try Quantizer(source, backend: backend, options: options)
        let calibrating = try calibrationImages(source, data, progress: progress)
        let seen = try quantizer.calibrate(on: calibrating.files) { stage, finished, count in
            progress(.working(stage.rawValue, finished: finished, count: count))
        }
        let before = try score(source, data, "evaluating the float model", progress: progress)
        var notes = [
            "calibration": options.method.description, "calibrationImages": String(seen),
            "calibrationSplit": calibrating.split, "AP50Before": Self.figure(before.compared),
        ]
        var reports: [Int: AveragePrecisionReport] = [:]
        let (found, kept) = try quantizer.search(notes: notes) { model, kept in
            let report = try score(
                model, data,
                kept == 0
                    ? "evaluating the quantized model" : "evaluating the quantized model, \(kept) layers in float",
                progress: progress)
            reports[kept] = report
            return before.compared - report.compared
        }
        var result = found
        let after = reports[kept.count] ?? before
        notes["AP50After"] = Self.figure(after.compared)
        result.quantization?.notes = notes
        try result.save(to: output)
        return QuantizationReport(
            source: self.model.relativePath, file: output.relativePath, network: source.network.name,
            classNames: source.classNames, options: options, calibrationImages: seen,
            calibrationSplit: calibrating.split, split: data.split, before: before, after: after,
            layers: quantizer.errors, kept: kept, integers: result.quantization?.weights ?? [],
            bytesBefore: Self.bytes(of: source), bytesAfter: Self.size(of: output))
    }

    static func needsModel(_ file: URL) -> String {
        "\(file.relativePath) is an ONNX file; quantize takes a run folder or a weights file, and `pinpoint export` writes the result as ONNX"
    }

    private func calibrationImages(
        _ model: Model, _ data: DetectionDataset, progress: @escaping (JobEvent) -> Void
    ) throws -> (files: [URL], split: String) {
        do {
            let found = try EvaluationJob.dataset(
                for: self.model, classNames: model.classNames, objectKind: model.network.objectKind,
                skeleton: model.skeleton, dataset: dataset, split: calibrationSplit ?? "train", progress: progress)
            return (found.samples.map(\.imageURL), found.split)
        } catch {
            if calibrationSplit != nil { throw error }
            progress(
                .note("there are no training images; calibrating on those of '\(data.split)'"))
            return (data.samples.map(\.imageURL), data.split)
        }
    }

    private func score(
        _ model: Model, _ data: DetectionDataset, _ what: String, progress: @escaping (JobEvent) -> Void
    ) throws -> AveragePrecisionReport {
        let predictor = try Predictor(model: model, backend: backend)
        return try Inference.evaluate(predictor: predictor, dataset: data) { finished, count in
            progress(.working(what, finished: finished, count: count))
        }.report
    }

    private static func figure(_ value: Double) -> String { String(format: "%.4f", value) }

    /// Returns the size of a model's parameters as floats.
    private static func bytes(of model: Model) -> Int {
        model.parameters.entries.reduce(0) { $0 + 4 * $1.value.count }
    }

    private static func size(of file: URL) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int) ?? 0
    }
}

extension AveragePrecisionReport {
    /// What the tolerance is about: AP50, or the points' AP.
    fileprivate var compared: Double { points?.all.AP ?? AP50 }
}

/// The result of quantizing a model.
public struct QuantizationReport: Sendable {
    let source, file, network: String
    let classNames: [String]
    let options: QuantizationOptions
    let calibrationImages: Int
    let calibrationSplit, split: String
    /// Average precision of the float model and of the quantized model.
    public let before, after: AveragePrecisionReport
    /// The error of each layer when it alone is quantized, in the network's order.
    public let layers: [LayerError]
    /// The layers kept in float because quantizing them would have lost too much.
    public let kept: [String]
    /// The layers that compute with integers.
    public let integers: Set<String>
    let bytesBefore, bytesAfter: Int

    /// `{"file": …, "before": {…}, "after": {…}, "layers": [{"name": …, "error": …, "precision": "int8"}], …}`.
    public var json: JSONValue {
        [
            "file": .string(file), "source": .string(source), "network": .string(network),
            "calibration": .string(options.method.description), "calibrationImages": .integer(calibrationImages),
            "calibrationSplit": .string(calibrationSplit), "split": .string(split),
            "weightBits": .integer(options.weightBits), "tolerance": .number(options.tolerance),
            "bytesBefore": .integer(bytesBefore), "bytesAfter": .integer(bytesAfter),
            "before": before.json(classNames: classNames), "after": after.json(classNames: classNames),
            "layers": .array(
                layers.map { layer in
                    [
                        "name": .string(layer.layer), "error": .number(layer.error),
                        "precision": .string(integers.contains(layer.layer) ? "int8" : "float32"),
                    ]
                }),
        ]
    }

    /// A table of the layers, largest errors first, and the results of the whole model.
    public var text: String {
        var rows = [["layer", "error if quantized alone", "precision"]]
        for layer in layers.sorted(by: { ($1.error, $0.layer) < ($0.error, $1.layer) }) {
            rows.append([
                layer.layer, String(format: "%.3f %%", 100 * layer.error),
                integers.contains(layer.layer) ? "int8" : "float32",
            ])
        }
        let isPoints = before.points != nil
        func values(_ report: AveragePrecisionReport) -> [Double] {
            isPoints ? [report.compared] : [report.AP, report.AP50]
        }
        var figures = [[""] + (isPoints ? [AveragePrecisionReport.pointMeasure] : ["AP", "AP50"])]
        for (name, report) in [("before", before), ("after", after)] {
            figures.append([name] + values(report).map(Self.figure))
        }
        figures.append(["loss"] + zip(values(before), values(after)).map { Self.figure($0 - $1) })
        let size = String(format: "%.2f MB, %.2f MB before", Double(bytesAfter) / 1e6, Double(bytesBefore) / 1e6)
        let settings =
            "\(calibrationImages) images of '\(calibrationSplit)', \(options.method), \(options.weightBits)-bit weights"
        let result =
            "\(file): \(integers.count) of \(layers.count) convolutions quantized; \(size); \(settings)"
        return [
            textTable(rows, flushLeft: 1), "", textTable(figures, flushLeft: 1),
            terminalLines(["measured on '\(split)'", result]),
        ].joined(separator: "\n")
    }

    private static func figure(_ value: Double) -> String { String(format: "%.4f", value) }
}
