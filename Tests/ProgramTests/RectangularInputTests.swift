import Foundation
import JSON
import TestSupport
import Testing

/// A network whose input is wider than high, through every command.
@Suite("Rectangular inputs")
struct RectangularInputTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func run(_ arguments: [String]) throws -> String {
        let outcome = try Program.run(arguments, in: folder.url)
        try #require(outcome.status == 0, "\(arguments): \(outcome.errors)")
        return outcome.output
    }

    @Test("Trained, resumed, evaluated, drawn, explained, exported and imported")
    func everyCommand() throws {
        let voc = try Fixture.shapes.get().path
        let settings =
            ["run", "--voc", voc, "--name", "wide"] + Fixture.tinySettings
            + ["--set", "input.size=64x96", "--set", "training.epochs=1"]
        _ = try run(settings)
        _ = try run(settings + ["--set", "training.epochs=2", "--resume"])
        let written = try JSONValue(contentsOf: folder.file("Runs/wide/experiment.json"))
        #expect(try written["input"]["size"] == .string("64x96"))
        let metrics = try JSONValue(contentsOf: folder.file("Runs/wide/metrics.json"))
        let again = try JSONValue(
            parsing: run(["evaluate", "--model", "Runs/wide", "--json", "--precision", "float32"]))
        #expect(try again == metrics["validation"])

        let image = try #require(
            try FileManager.default.contentsOfDirectory(atPath: voc + "/JPEGImages").sorted().first)
        let source = "\(voc)/JPEGImages/\(image)"
        _ = try run(["export", "--model", "Runs/wide", "--onnx", "wide.onnx"])
        func detections(_ model: String) throws -> [(score: Double, box: [Double])] {
            let json = try JSONValue(
                parsing: run(
                    [
                        "demo", source, "--model", model, "--output", "out", "--threshold", "0", "--top", "5", "--json",
                        "--precision", "float32",
                    ]))
            return try json.array().map { (try $0["score"].number(), try $0["bbox"].numbers()) }
        }
        let (own, imported) = (try detections("Runs/wide"), try detections("wide.onnx"))
        #expect(!own.isEmpty && own.count == imported.count)
        for (one, other) in zip(own, imported) {
            #expect(abs(one.score - other.score) < 1e-4)
            #expect(zip(one.box, other.box).allSatisfy { abs($0 - $1) < 0.05 }, "\(one.box) \(other.box)")
        }
        _ = try run(["heatmap", source, "--model", "Runs/wide", "--output", "maps"])
        _ = try run(["inspect", source, "--model", "Runs/wide", "--threshold", "0.01", "--output", "maps"])
        _ = try run(["inspect", source, "--model", "Runs/wide", "--threshold", "0.01", "--html", "page.html"])
        _ = try run(["data", "preview", "--voc", voc, "--set", "input.size=64x96", "--count", "2", "--output", "seen"])
        let layers = try JSONValue(parsing: run(["layers", "--model", "Runs/wide", "--json"]))
        let heads = try layers["layers"].array().suffix(1)
        #expect(try heads.allSatisfy { try $0["outputShape"].integers().suffix(2) == [16, 24] })
    }

    @Test("Images keep their resolution where that is asked for")
    func ownResolution() throws {
        let (run, voc) = (try Fixture.run.get().path, try Fixture.shapes.get().path)
        let image = try #require(
            try FileManager.default.contentsOfDirectory(atPath: voc + "/JPEGImages").sorted().first)
        let source = ["\(voc)/JPEGImages/\(image)", "--model", run, "--keep-resolution"]
        _ = try self.run(["demo"] + source + ["--output", "boxes"])
        _ = try self.run(["heatmap"] + source + ["--output", "maps"])
        _ = try self.run(["inspect"] + source + ["--threshold", "0.01", "--output", "inspected"])
        _ = try self.run(["inspect"] + source + ["--threshold", "0.01", "--html", "page.html"])
        // Images of 64 x 64 pixels become inputs of 96 x 96: 24 cells.
        let maps = try FileManager.default.contentsOfDirectory(atPath: folder.file("maps").path)
        let file = try #require(maps.first { $0.hasSuffix(".npy") })
        let header = String(decoding: try Data(contentsOf: folder.file("maps/\(file)")).prefix(128), as: UTF8.self)
        #expect(header.contains(", 24, 24)"), "\(header)")
        let evaluated = try JSONValue(parsing: self.run(["evaluate", "--model", run, "--keep-resolution", "--json"]))
        #expect(try evaluated["AP"].number() >= 0)
        _ = try self.run(
            ["run", "--voc", voc, "--name", "own", "--set", "training.epochs=1"] + Fixture.tinySettings
                + ["--set", "evaluation.keepResolution=true"])
    }

    @Test("Training at several input sizes")
    func severalSizes() throws {
        _ = try run(
            ["train", "--voc", try Fixture.shapes.get().path, "--name", "many"] + Fixture.tinySettings
                + [
                    "--set", "training.epochs=3", "--set", "input.size=64x96", "--set",
                    "training.inputScales=[0.5,1,1.5]",
                    "--set", "training.inputScaleSteps=1",
                ])
        let log = try String(contentsOf: folder.file("Runs/many/log.jsonl"), encoding: .utf8)
        #expect(log.split(separator: "\n").count == 3)
    }

    @Test("Sizes as options")
    func options() throws {
        let voc = try Fixture.shapes.get().path
        let check = try JSONValue(parsing: run(["data", "check", voc, "--size", "64x96", "--json"]))
        #expect("\(check)".contains("64x96"))
        let bench = try JSONValue(
            parsing: run(["bench", "--mode", "infer", "--size", "64x96", "--batch", "1", "--runs", "1", "--json"]))
        #expect(try bench["size"] == .string("64x96"))
        let refused = try Program.run(["bench", "--size", "64x100"], in: folder.url)
        #expect(refused.status == 64)
        #expect(refused.errors.contains("such as 64x96 or 64x128"), "\(refused.errors)")
    }
}
