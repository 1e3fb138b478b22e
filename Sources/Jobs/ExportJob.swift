import Boxes
import DetectionHeads
import DetectorLoading
import Foundation
import Inference
import JSON
import Networks
import ONNX
import Tensors

/// Writes a detector as an ONNX file with the same metadata as a weights file.
public struct ExportJob {
    private let model: Model
    private let file: URL
    private let inputs: InputFiles

    /// The height and width of the images, if their size is fixed.
    public var inputSize: InputExtent
    /// Whether the file accepts any batch size.
    public var dynamicBatch = false
    /// Whether the file accepts images of any size.
    public var dynamicSize = false
    /// Whether batch normalization is folded into the convolutions.
    public var foldsNormalization = false
    /// The maximum detections per image that the file outputs; nil to output the heads' maps.
    public var top: Int?

    /// Creates a job for a model without running it.
    ///
    /// - Parameter source: The run folder or weights file that the model was loaded from, if any, which is not replaced.
    public init(_ model: Model, to file: URL, source: URL? = nil) {
        self.model = model
        inputs = InputFiles(source.map(Detector.files(of:)) ?? [])
        self.file = file
        inputSize = model.inputSize
    }

    /// The names of the file's outputs: the heads' maps, or detections instead of the maps that they are decoded from.
    private var outputs: [String] {
        let maps = model.graph.outputs.map(\.name)
        return top == nil
            ? maps : maps.filter { !["heatmap", "size", "offset"].contains($0) } + ["boxes", "scores", "classes"]
    }

    /// Writes the file.
    ///
    /// - Returns: A report of what was written and how to run it.
    /// - Throws: ``NetworkError`` for a size that the network cannot take, ``ONNXError`` if the network cannot be exported with
    ///   these options, ``ImportError/option(_:)`` for decoded points, ``OutputError/sameFile(_:_:)`` if the file is the model's, ``FileWriteError`` if it cannot be written.
    public func run() throws -> ExportReport {
        if top != nil && model.network.objectKind == .points {
            throw ImportError.option(
                "--decode writes boxes, but this network detects points; without it, the file has the heads' maps")
        }
        try inputs.requireApart(file)
        try NetworkCatalogue.requireInputSize(inputSize, of: model.network.name)
        var options = ONNXExportOptions()
        options.dynamicBatch = dynamicBatch
        options.dynamicSize = dynamicSize
        options.foldsNormalization = foldsNormalization
        options.decode = top.map { ONNXDecoding(top: $0, stride: outputStride) }
        options.metadata = model.metadata
        let data = try exportONNX(
            model.graph, parameters: model.parameters, inputs: ["image": inputSize.shape(batch: 1)],
            options: options)
        try writeAtomically(data, to: file)
        return ExportReport(
            file: file.relativePath, byteCount: data.count, network: model.network.name,
            classNames: model.classNames,
            inputShape: [
                dynamicBatch ? "batch" : "1", "3", dynamicSize ? "height" : "\(inputSize.rows)",
                dynamicSize ? "width" : "\(inputSize.columns)",
            ],
            outputs: outputs,
            foldsNormalization: foldsNormalization)
    }
}

/// A report of an exported file.
public struct ExportReport: Sendable {
    let file: String
    let byteCount: Int
    let network: String
    let classNames: [String]
    let inputShape: [String]
    let outputs: [String]
    let foldsNormalization: Bool

    /// `{"file": …, "bytes": …, "network": …, "classNames": […], "opset": 17, "input": {…}, "outputs": […], …}`; dynamic dimensions
    /// are names.
    public var json: JSONValue {
        [
            "file": .string(file), "bytes": .integer(byteCount), "network": .string(network),
            "classNames": .array(classNames.map { .string($0) }), "opset": .integer(17),
            "input": [
                "name": "image",
                "shape": .array(inputShape.map { extent in Int(extent).map { .integer($0) } ?? .string(extent) }),
            ],
            "outputs": .array(outputs.map { .string($0) }), "foldedNormalization": .bool(foldsNormalization),
        ]
    }

    /// One line: what was written, and how to run it.
    public var text: String {
        let classes = "\(classNames.count) \(classNames.count == 1 ? "class" : "classes")"
        let size = String(format: "%.1f MB", Double(byteCount) / 1e6)
        let line =
            "\(file): \(network), \(classes), \(size), opset 17; image [\(inputShape.joined(separator: ", "))] to "
            + "\(outputs.joined(separator: ", ")); in Python: "
            + "onnxruntime.InferenceSession(\"\(file)\").run(None, {\"image\": images})"
        return line.shownOnTerminal
    }
}
