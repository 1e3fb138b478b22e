import Foundation
import JSON
import Networks
import ONNX
import Tensors

/// Writes a detector as an ONNX file that says about itself what a weights file says.
public struct ExportJob {
    private let model: Model
    private let file: URL

    /// The side of the images in pixels, when their size is fixed.
    public var inputSize: Int
    /// Whether the file takes any number of images at once.
    public var dynamicBatch = false
    /// Whether it takes images of any size.
    public var dynamicSize = false
    /// Whether batch normalizations become part of the convolutions.
    public var foldsNormalization = false
    /// The most detections that the file returns for an image; nil to let it return the heads' maps.
    public var top: Int?

    /// A job for a model; nothing happens yet.
    public init(_ model: Model, to file: URL) {
        self.model = model
        self.file = file
        inputSize = model.inputSize
    }

    /// What the file returns: the heads' maps, or detections in the place of the maps that they are made of.
    private var outputs: [String] {
        let maps = model.graph.outputs.map(\.name)
        return top == nil
            ? maps : maps.filter { !["heatmap", "size", "offset"].contains($0) } + ["boxes", "scores", "classes"]
    }

    /// Writes the file.
    ///
    /// - Returns: What was written, and how to run it.
    /// - Throws: ``NetworkError`` for a size that the network cannot take, ``ONNXError`` when the network cannot be written in
    ///   this way, ``FileError`` when the file cannot.
    public func run() throws -> ExportReport {
        try NetworkCatalogue.requireInputSize(inputSize, of: model.network.name)
        var options = ONNXExportOptions()
        options.dynamicBatch = dynamicBatch
        options.dynamicSize = dynamicSize
        options.foldsNormalization = foldsNormalization
        options.decode = top.map { ONNXDecoding(top: $0, stride: outputStride) }
        options.metadata = model.metadata
        let data = try exportONNX(
            model.graph, parameters: model.parameters, inputs: ["image": [1, 3, inputSize, inputSize]],
            options: options)
        try writeAtomically(data, to: file)
        return ExportReport(
            file: file.relativePath, byteCount: data.count, network: model.network.name,
            classNames: model.classNames,
            inputShape: [
                dynamicBatch ? "batch" : "1", "3", dynamicSize ? "height" : "\(inputSize)",
                dynamicSize ? "width" : "\(inputSize)",
            ],
            outputs: outputs,
            foldsNormalization: foldsNormalization)
    }
}

/// A file that was written.
public struct ExportReport: Sendable {
    let file: String
    let byteCount: Int
    let network: String
    let classNames: [String]
    let inputShape: [String]
    let outputs: [String]
    let foldsNormalization: Bool

    /// `{"file": …, "bytes": …, "network": …, "classNames": […], "opset": 17, "input": {…}, "outputs": […], …}`; free extents are
    /// names.
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

    /// One line: what it is, and how to run it.
    public var text: String {
        let classes = "\(classNames.count) \(classNames.count == 1 ? "class" : "classes")"
        let size = String(format: "%.1f MB", Double(byteCount) / 1e6)
        return "\(file): \(network), \(classes), \(size), opset 17; image [\(inputShape.joined(separator: ", "))] to "
            + "\(outputs.joined(separator: ", ")); in Python: "
            + "onnxruntime.InferenceSession(\"\(file)\").run(None, {\"image\": images})"
    }
}
