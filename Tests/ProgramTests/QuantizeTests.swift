import Foundation
import JSON
import Networks
import ONNX
import TestSupport
import Testing

@Suite("pinpoint quantize")
struct QuantizeTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func run(_ arguments: [String]) throws -> Program.Outcome {
        let outcome = try Program.run(arguments, in: folder.url)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return outcome
    }

    /// Quantizes the fixture's model with any loss allowed, since it was trained only briefly.
    private func quantize(_ more: [String] = []) throws -> Program.Outcome {
        try run(
            [
                "quantize", "--model", Fixture.run.get().path, "--voc", Fixture.shapes.get().path, "--output",
                "q.safetensors",
                "--images", "4", "--tolerance", "1",
            ] + more)
    }

    @Test("The result describes the quantization, and every command accepts it")
    func everyCommand() throws {
        let report = try JSONValue(parsing: try quantize(["--json", "--keep", "heads.*.2"]).output)
        let layers = try report["layers"].array()
        #expect(layers.count > 20)
        for layer in layers {
            #expect(try layer["precision"].string() == "int8")
            #expect(try layer["error"].number() > 0)
            #expect(try !layer["name"].string().hasSuffix(".2"))
        }
        for part in ["before", "after"] { #expect((0...1).contains(try report[part]["AP50"].number())) }
        #expect(try report["calibrationImages"].integer() == 4)
        #expect(try report["bytesAfter"].integer() < report["bytesBefore"].integer() / 2)

        let model = try Model.load(folder.file("q.safetensors"))
        let quantization = try #require(model.quantization)
        #expect(quantization.weights.count == layers.count)
        #expect(quantization.notes["AP50After"] != nil && quantization.notes["calibrationImages"] == "4")
        #expect([7, 8].contains(quantization.weightBits))

        let image = try Fixture.shapes.get().appendingPathComponent("JPEGImages/000003.jpg").path
        let q = ["--model", "q.safetensors"]
        let evaluated = try JSONValue(
            parsing: try run(
                ["evaluate", "--voc", try Fixture.shapes.get().path, "--precision", "float32", "--json"] + q
            ).output)
        #expect(try evaluated["AP50"].number() == report["after"]["AP50"].number())
        _ = try run(["demo", image, "--output", "boxes", "--threshold", "0"] + q)
        #expect(FileManager.default.fileExists(atPath: folder.file("boxes/detections.json").path))
        _ = try run(["heatmap", image, "--output", "maps"] + q)
        _ = try run(
            ["inspect", image, "--output", "why", "--top", "1", "--threshold", "0", "--layer", "backbone.layer3"] + q)
        let list = try run(["layers"] + q).output
        #expect(list.contains("QuantizeLinear") && list.contains("image.quantize"))
        _ = try run(["bench", "--mode", "demo", "--runs", "1", "--image", image] + q)
        _ = try run(["weights", "q.safetensors"])
    }

    @Test("The exported ONNX file has QuantizeLinear and DequantizeLinear, and gives the same results")
    func exported() throws {
        _ = try quantize()
        _ = try run(["export", "--model", "q.safetensors", "--onnx", "q.onnx"])
        let file = try ProtoModel(serializedBytes: try Data(contentsOf: folder.file("q.onnx")))
        let kinds = Set(file.graph.node.map(\.opType))
        #expect(kinds.isSuperset(of: ["QuantizeLinear", "DequantizeLinear", "Conv"]))
        #expect(!kinds.contains("BatchNormalization") && !kinds.contains("Cast"))
        let data = try Fixture.shapes.get().path
        let scores = try ["q.safetensors", "q.onnx"].map { model in
            try JSONValue(parsing: try run(["evaluate", "--model", model, "--voc", data, "--json"]).output)["AP"]
                .number()
        }
        #expect(abs(scores[0] - scores[1]) < 1e-9, "\(scores)")
    }

    @Test("The text report")
    func table() throws {
        let text = try quantize(["--calibration", "entropy", "--weight-bits", "8"]).output
        for words in [
            "error if quantized alone", "heads.heatmap.0", "before", "after", "loss", "entropy, 8-bit weights",
            "measured on 'val'",
        ] { #expect(text.contains(words), "\(text)") }
    }

    @Test("Invalid requests give error messages, and nothing is written")
    func refused() throws {
        let model = try Fixture.run.get().path
        let data = try Fixture.shapes.get().path
        func expect(_ words: String, _ arguments: [String], status: Int32 = 1) throws {
            let outcome = try Program.run(arguments, in: folder.url)
            #expect(outcome.status == status && outcome.errors.contains(words), "\(outcome.errors)")
        }
        let quantize = ["quantize", "--voc", data, "--output", "x.safetensors", "--images", "2"]
        try expect("--tolerance must be from 0 to 1", quantize + ["--model", model, "--tolerance", "2"], status: 64)
        try expect("--weight-bits must be 7 or 8", quantize + ["--model", model, "--weight-bits", "4"], status: 64)
        try expect(
            "--percentile requires", quantize + ["--model", model, "--calibration", "entropy", "--percentile", "99"],
            status: 64)
        try expect("no layer", quantize + ["--model", model, "--keep", "nobody"])
        try expect("no layer that can be quantized", quantize + ["--model", model, "--keep", "backbone.stem.2"])
        _ = try run(["export", "--model", model, "--onnx", "m.onnx"])
        try expect("is an ONNX file", quantize + ["--model", "m.onnx"])
        _ = try self.quantize()
        try expect("is quantized already", quantize + ["--model", "q.safetensors"])
        try expect("is quantized already", ["convert", "q.safetensors", "--names", "published", "--output", "y"])
        try expect(
            "is quantized",
            ["train", "--voc", data, "--name", "z", "--pretrained", "q.safetensors"] + Fixture.tinySettings)
        let weights = model + "/weights/best.safetensors"
        try expect(
            "are the same file", ["quantize", "--voc", data, "--images", "2", "--model", weights, "--output", weights])
        #expect(!FileManager.default.fileExists(atPath: folder.file("x.safetensors").path))
    }
}
