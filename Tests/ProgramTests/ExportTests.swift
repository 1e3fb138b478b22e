import Foundation
import JSON
import ONNX
import TestSupport
import Testing

@Suite("pinpoint export")
struct ExportTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("The ONNX file of a trained model has the metadata of its weights")
    func trainedModel() throws {
        let run = try Fixture.run.get()
        let outcome = try Program.run(
            ["export", "--model", run.path, "--onnx", "tiny.onnx", "--dynamic"], in: folder.url)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.hasPrefix("tiny.onnx: compact, "))
        #expect(outcome.output.contains("image [batch, 3, height, width] to heatmap, size, offset"))
        let model = try ProtoModel(serializedBytes: try Data(contentsOf: folder.file("tiny.onnx")))
        let metadata = Dictionary(uniqueKeysWithValues: model.metadataProps.map { ($0.key, $0.value) })
        #expect(metadata["network"] == "compact")
        #expect(metadata["inputSize"] == "64")
        #expect(metadata["mean"] == "[0.485,0.456,0.406]")
        #expect(try JSONValue(parsing: metadata["classNames"] ?? "").strings().isEmpty == false)
    }

    @Test("Detections instead of maps, and a JSON report")
    func decoding() throws {
        let outcome = try Program.run(
            [
                "export", "--network", "compact", "--classes", "3", "--size", "64", "--onnx", "small.onnx", "--fold",
                "--decode", "--top", "7", "--json",
            ], in: folder.url)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let report = try JSONValue(parsing: outcome.output)
        #expect(try report["outputs"].strings() == ["boxes", "scores", "classes"])
        #expect(try report["input"]["shape"].integers() == [1, 3, 64, 64])
        let model = try ProtoModel(serializedBytes: try Data(contentsOf: folder.file("small.onnx")))
        #expect(model.graph.output.map(\.name) == ["boxes", "scores", "classes"])
        #expect(!model.graph.node.contains { $0.opType == "BatchNormalization" })
    }
}
