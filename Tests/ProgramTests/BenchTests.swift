import Foundation
import JSON
import TestSupport
import Testing

@Suite("Benchmarks report what they timed, and how")
struct BenchTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func bench(_ arguments: String...) throws -> JSONValue {
        let outcome = try Program.run(["bench", "--runs", "3", "--json"] + arguments, in: folder.url)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return try JSONValue(parsing: outcome.output)
    }

    /// Checks the figures of every mode: the median of the runs, all runs, and their rate.
    private func expectFigures(_ report: JSONValue, images: Double, at location: SourceLocation = #_sourceLocation)
        throws
    {
        let runs = try report["runs"].numbers()
        #expect(runs.count == 3 && runs.allSatisfy { $0 > 0 }, sourceLocation: location)
        #expect(try report["seconds"].number() == runs.sorted()[1], sourceLocation: location)
        let rate = try report["imagesPerSecond"].number() * report["seconds"].number()
        #expect(abs(rate - images) < 1e-6, sourceLocation: location)
        #expect(try report["threads"].integer() >= 1, sourceLocation: location)
    }

    @Test("A forward pass", arguments: [("onednn", "direct", "direct"), ("reference", "automatic", "im2col")])
    func infer(backend: String, algorithm: String, said: String) throws {
        let report = try bench(
            "--mode", "infer", "--size", "64", "--batch", "2", "--classes", "3", "--backend", backend, "--algorithm",
            algorithm, "--threads", "1")
        try expectFigures(report, images: 2)
        #expect(try report["backend"].string() == backend)
        #expect(try report["algorithm"].string() == said)
        #expect(try report["threads"].integer() == 1)
    }

    @Test("A forward pass of an imported graph")
    func imported() throws {
        let file = Golden.file("onnx").appendingPathComponent("mobile.onnx").path
        let report = try bench("--mode", "infer", "--onnx", file, "--batch", "2", "--layers")
        try expectFigures(report, images: 2)
        #expect(try report["inputs"]["x"].integers() == [2, 3, 17, 14])
        #expect(try report["layers"].array().contains { try $0["operator"].string() == "Conv" })
    }

    @Test("Every precision in turns", arguments: ["train", "infer"])
    func precisions(mode: String) throws {
        let report = try bench("--mode", mode, "--size", "64", "--batch", "2", "--precisions")
        try expectFigures(report, images: 2)
        let entries = try report["precisions"].array()
        let names = try entries.map { try $0["precision"].string() }
        #expect(names == ["float32"] || names == ["float32", "bfloat16"])
        #expect(try entries[0]["seconds"].number() == report["seconds"].number())
        #expect(try entries[0]["speedUp"].number() == 1)
        for (place, entry) in entries.enumerated() {
            #expect(try entry["runs"].numbers().count == 3)
            guard mode == "infer" else { continue }
            let difference = try entry["difference"].number()
            #expect(place == 0 ? difference == 0 : difference > 0 && difference < 0.1)
        }
    }

    @Test("Shares of a step sum to one, and one-time operations have none")
    func layers() throws {
        let infer = try bench("--mode", "infer", "--size", "64", "--batch", "1", "--layers")
        let train = try bench("--mode", "train", "--size", "64", "--batch", "2", "--layers")
        for report in [infer, train] {
            let shares = try report["layers"].array().map { try $0["share"].number() }
            #expect(abs(shares.reduce(0, +) - 1) < 1e-6)
            let convolution = try #require(
                try report["layers"].array().first { try $0["layer"].string() == "backbone.layer1.0.conv1" })
            #expect(try convolution["operator"].string() == "Conv")
            #expect(try convolution["outputShape"].integers().count == 4)
            #expect(try convolution["kernel"].string().isEmpty == false)
            #expect(try convolution["seconds"].number() > 0)
            // Winograd's algorithm saves three quarters of the products. The peak is unknown without our own kernels.
            if let share = try? convolution["ofPeak"].number() { #expect((0.001...8).contains(share)) }
        }
        let phases = { (rows: JSONValue) in Set(try rows.array().map { try $0["phase"].string() }) }
        #expect(try phases(infer["layers"]) == ["forward"])
        #expect(try phases(infer["preparation"]) == ["preparation"])
        #expect(try infer["preparation"].array().allSatisfy { try $0["share"] == .null })
        #expect(try phases(train["layers"]).isSuperset(of: ["forward", "backward"]))
        let parts = try train["layers"].array().map { try $0["layer"].string() }
        #expect(parts.contains("losses") && parts.contains("optimizer"))
    }

    @Test("Data loading, from a folder and from synthetic images")
    func data() throws {
        let voc = try Fixture.shapes.get().path
        let report = try bench("--mode", "data", "--voc", voc, "--size", "64", "--batch", "4")
        try expectFigures(report, images: 4)
        #expect(try report["dataset"].string() == voc)
        try expectFigures(try bench("--mode", "data", "--size", "64", "--batch", "2"), images: 2)
    }

    @Test("A demo with a trained model and with a random one")
    func demo() throws {
        let model = try Fixture.run.get().path
        let report = try bench("--mode", "demo", "--model", model)
        try expectFigures(report, images: 1)
        #expect(try report["size"].integer() == 64)
        let parts = try report["parts"].object()
        for part in ["weights", "image", "first pass", "second pass", "drawing", "file"] {
            #expect(try parts[part]?.number() ?? 0 > 0, "\(part)")
        }
        try expectFigures(try bench("--mode", "demo", "--size", "64", "--classes", "2"), images: 1)
    }

    @Test("Explanations, of networks whose stages have different names", arguments: ["compact", "dla34"])
    func explain(network: String) throws {
        let report = try bench(
            "--mode", "explain", "--network", network, "--size", "64", "--classes", "2", "--batch", "2")
        try expectFigures(report, images: 1)
        #expect(try report["targets"].integer() == 2)
    }

    @Test("A file that is not an image gives an error message")
    func badImage() throws {
        let file = try folder.write("nothing", to: "bad.jpg")
        let outcome = try Program.run(
            ["bench", "--mode", "demo", "--size", "64", "--image", file.path], in: folder.url)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("bad.jpg"), "\(outcome.errors)")
    }
}
