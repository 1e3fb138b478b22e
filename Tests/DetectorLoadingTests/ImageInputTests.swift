import Boxes
import DetectorLoading
import Foundation
import Graphs
import Inference
import Tensors
import TestSupport
import Testing

/// How graphs take an image: other axes and types than `[batch, 3, row, column]` in float.
@Suite("Image inputs") struct ImageInputTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(
        "Other orders of the axes, with and without a batch",
        arguments: [
            [3, 64, 96], [64, 96, 3], [1, 64, 96, 3], [1, 3, 64, 96],
        ])
    func axes(shape: [Int]) throws {
        let url = folder.file("model.onnx")
        try DetectorFile(input: .init(name: "x", shape: shape), outputs: [("y", Tensor([1, 2, 3]))]).data.write(to: url)
        let detector = try Detector.load(url)
        #expect(detector.preparation.extent == InputExtent(rows: 64, columns: 96))
        let program = try ReferenceBackend().compile(
            detector.graph, parameters: detector.parameters, inputs: [detector.inputName: [1, 3, 64, 96]],
            mode: .inference)
        let outputs = try program.forward([detector.inputName: Tensor([1, 3, 64, 96])])
        #expect(outputs["y"]?.shape == [1, 2, 3])
    }

    @Test("An output without a batch gets one, as the input has")
    func outputs() throws {
        let url = folder.file("model.onnx")
        try DetectorFile(input: .init(shape: [3, 64, 64]), outputs: [("y", Tensor([5, 4]))]).data.write(to: url)
        let detector = try Detector.load(url)
        let shapes = try detector.graph.inferShapes([detector.inputName: [1, 3, 64, 64]])
        #expect(try shapes[detector.graph.indexOfResult("y")] == [1, 5, 4] && detector.maximumBatch == 1)
    }

    @Test("Bytes are from 0 to 255, half floats are normalized as floats are")
    func types() throws {
        let url = folder.file("model.onnx")
        func detector(_ element: Int32) throws -> Detector {
            try DetectorFile(input: .init(element: element), outputs: [("y", Tensor([1, 2]))]).data.write(to: url)
            return try Detector.load(url)
        }
        let bytes = try detector(2).preparation
        #expect(bytes.factor == 255 && bytes.mean == [0, 0, 0] && bytes.standardDeviation == [1, 1, 1])
        #expect(try detector(10).preparation == detector(1).preparation)
        let text = refusal { _ = try detector(8) }
        #expect(text.contains("string"), "\(text)")
    }

    @Test("An input that no wanted output needs is left out; otherwise its type and axes are named")
    func second() throws {
        let url = folder.file("model.onnx")
        try DetectorFile(
            outputs: [("y", Tensor([1, 2]))], second: .init(name: "orig_target_sizes", shape: [1, 2], element: 7)
        ).data.write(to: url)
        let sentence = refusal { _ = try Detector.load(url) }
        #expect(sentence.contains("'orig_target_sizes' (int64, 1 x 2)") && sentence.contains("--until"), "\(sentence)")
        var request = ImportRequest()
        request.results = ["y"]
        #expect(try Detector.load(url, request).graph.inputNames == ["images"])
    }
}
