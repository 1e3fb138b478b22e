import Boxes
import DetectorLoading
import Foundation
import Graphs
import Images
import Inference
import ONNX
import PeakDecoding
import Tensors

/// An ONNX file of a detector that finds the same in every image: its outputs are constants plus zero times the image.
struct DetectorFile {
    /// An input of the graph; nil extents are free.
    struct Input {
        var name = "images"
        var shape: [Int?] = [1, 3, 64, 64]
        /// ONNX's number of the element type; 1 is float.
        var element: Int32 = 1
    }

    var input = Input()
    var metadata: [String: String] = [:]
    var outputs: [(name: String, value: Tensor)]
    /// An input that only an output of its own, called `sizes`, is computed from.
    var second: Input?

    /// One object of class 1 in `[20, 12, 36, 44]` for an input of 64 pixels, which score 0.9; everywhere else boxes that score nothing, as
    /// small at the right border as at the left.
    ///
    /// - Parameters:
    ///   - others: What follows the scores of each prediction.
    ///   - areEdges: Whether boxes are edges, not centre and size.
    static func boxes(classCount: Int, others: Int = 0, other: Float = 0, areEdges: Bool = false) -> Tensor {
        let count = 84
        var table = Tensor([1, 4 + classCount + others, count])
        for index in 0..<count {
            let (x, y) = (Float(index % 8) * 8 + 4, Float(index / 8 % 8) * 8 + 4)
            let isFound = index == 17
            let box: (Float, Float, Float, Float) = isFound ? (28, 28, 16, 32) : (x, y, 6, 6)
            let numbers =
                areEdges
                ? [box.0 - box.2 / 2, box.1 - box.3 / 2, box.0 + box.2 / 2, box.1 + box.3 / 2]
                : [box.0, box.1, box.2, box.3]
            for (attribute, number) in numbers.enumerated() { table[0, attribute, index] = number }
            for attribute in 0..<others {
                table[0, 4 + classCount + attribute, index] = index % 2 == 0 ? other : -other
            }
            if isFound { table[0, 5, index] = 0.9 }
        }
        return table
    }

    /// The same with its last two axes exchanged.
    static func exchanged(_ table: Tensor) -> Tensor {
        var result = Tensor([1, table.shape[2], table.shape[1]])
        for row in 0..<table.shape[1] {
            for column in 0..<table.shape[2] { result[0, column, row] = table[0, row, column] }
        }
        return result
    }

    var data: Data {
        get throws {
            var model = ProtoModel()
            model.irVersion = 8
            model.opsetImport = [.with { $0.version = 17 }]
            model.metadataProps = metadata.sorted { $0.key < $1.key }.map { key, value in
                .with { ($0.key, $0.value) = (key, value) }
            }
            model.graph = .with { graph in
                graph.input = [port(input)] + (second.map { [port($0)] } ?? [])
                graph.output = outputs.map { output in .with { $0.name = output.name } }
                graph.initializer = [tensor("zero", Tensor([1], elements: [0]))]
                graph.node = [
                    node("ReduceMean", [input.name], "mean") { attribute in
                        (attribute.name, attribute.i, attribute.type) = ("keepdims", 0, .int)
                    },
                    node("Mul", ["mean", "zero"], "nothing"),
                ]
                for output in outputs {
                    graph.initializer.append(tensor("constant/" + output.name, output.value))
                    graph.node.append(node("Add", ["nothing", "constant/" + output.name], output.name))
                }
                if let second {
                    graph.node.append(node("Identity", [second.name], "sizes"))
                    graph.output.append(.with { $0.name = "sizes" })
                }
            }
            return try model.serializedData()
        }
    }

    private func port(_ input: Input) -> ProtoValueInformation {
        .with { port in
            port.name = input.name
            port.type.tensorType.elemType = input.element
            port.type.tensorType.shape.dim = input.shape.map { extent in
                .with { dimension in if let extent { dimension.dimValue = Int64(extent) } }
            }
        }
    }

    private func node(
        _ kind: String, _ inputs: [String], _ output: String, attribute: ((inout ProtoAttribute) -> Void)? = nil
    ) -> ProtoNodeDefinition {
        .with { node in
            (node.opType, node.input, node.output, node.name) = (kind, inputs, [output], output)
            if let attribute { node.attribute = [.with(attribute)] }
        }
    }

    private func tensor(_ name: String, _ value: Tensor) -> ProtoTensorDefinition {
        .with { tensor in
            (tensor.name, tensor.dataType) = (name, 1)
            tensor.dims = value.shape.map(Int64.init)
            tensor.rawData = value.elements.withUnsafeBytes { Data($0) }
        }
    }
}

/// What the detector in a file finds in a grey image of 64 pixels.
func detections(
    _ file: DetectorFile, in folder: URL, image: Image = Image(width: 64, height: 64, fill: (128, 128, 128)),
    _ change: (inout ImportRequest) -> Void = { _ in }
) throws -> (detector: Detector, detections: [Detection<ImagePixels>]) {
    let url = folder.appendingPathComponent("model.onnx")
    try file.data.write(to: url)
    var request = ImportRequest()
    change(&request)
    let detector = try Detector.finder(url, request)
    let found = try Predictor(detector: detector, backend: ReferenceBackend()).predict([image])[0].detections
    return (detector, found.filter { $0.score > 0.5 })
}

/// The sentence of the error that a call throws; empty if it throws none.
func refusal(_ body: () throws -> Void) -> String {
    do {
        try body()
        return ""
    } catch {
        return "\(error)"
    }
}
