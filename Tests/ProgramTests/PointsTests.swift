import Foundation
import JSON
import Tensors
import TestSupport
import Testing

@Suite("From spots to points", .serialized)
struct PointsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func run(_ arguments: [String], status: Int32 = 0) throws -> Program.Outcome {
        let outcome = try Program.run(arguments, in: folder.url)
        try #require(outcome.status == status, "\(arguments): \(outcome.errors)")
        return outcome
    }

    @Test("Synthesize, check, train, evaluate, draw, explain")
    func wholeWay() throws {
        _ = try run(["data", "synthesize", "spots", "--points", "--count", "16", "--size", "64", "--seed", "3"])
        let check = try JSONValue(parsing: run(["data", "check", "spots", "--size", "64", "--json"]).output)
        #expect(try check["problems"].array().isEmpty)
        #expect(try check["boxes"]["spacingCells"]["p50"].number() > 0)
        _ = try run(["data", "preview", "--voc", "spots", "--count", "2", "--output", "seen"] + Fixture.tinySettings)
        _ = try run(
            ["run", "--voc", "spots", "--name", "points", "--set", "training.epochs=2"] + Fixture.tinySettings)
        let metrics = try JSONValue(contentsOf: folder.file("Runs/points/metrics.json"))
        let validation = try metrics["validation"]
        #expect((0...1).contains(try validation["AP"].number()) && validation.optional("AP50") == nil)
        #expect(try validation["GAME"].numbers().count == 4)
        let experiment = try JSONValue(contentsOf: folder.file("Runs/points/experiment.json"))
        #expect(try experiment["dataset"]["objects"].string() == "points")
        #expect(try experiment["evaluation"]["maximumDetections"].integer() == 1000)
        #expect(try experiment["loss"]["weights"].optional("size") == nil)
        let page = try String(contentsOf: folder.file("Runs/points/report.html"), encoding: .utf8)
        for part in ["point AP", "GAME 3", "MAE of counts"] { #expect(page.contains(part), "\(part)") }

        let evaluated = try run([
            "evaluate", "--model", "Runs/points", "--json", "--output", "found", "--precision", "float32",
        ]).output
        #expect(try JSONValue(parsing: evaluated) == validation)
        let file = try run(["evaluate", "--detections", "found/detections.json", "--voc", "spots", "--json"]).output
        #expect(file == evaluated)
        let table = try String(contentsOf: folder.file("found/detections.csv"), encoding: .utf8)
        #expect(table.hasPrefix("image,class,score,x,y\n") && table.split(separator: "\n").count > 10)
        #expect(try run(["evaluate", "--model", "Runs/points", "--flip", "--scales", "1,1.5"]).output.contains("MAE"))
        // A finished run is resumed from its complete experiment.
        _ = try run(["train", "Runs/points/experiment.json", "--resume"])

        let found = try JSONValue(
            parsing: run([
                "demo", "spots/images", "--model", "Runs/points", "--threshold", "0", "--top", "2", "--json",
            ]).output)
        #expect(try found.array().count == 32)
        for entry in try found.array() { #expect(try entry["point"].numbers().count == 2) }
        _ = try run(["heatmap", "spots/images/000001.jpg", "--model", "Runs/points", "--output", "maps"])
        #expect(try Data(contentsOf: folder.file("maps/000001.npy")).count == 128 + 2 * 16 * 16 * 4)

        let image = ["inspect", "spots/images/000001.jpg", "--model", "Runs/points", "--threshold", "0.05"]
        let decoded = try run(image + ["--decode", "--voc", "spots", "--output", "steps"]).output
        #expect(decoded.contains("objects"), "\(decoded)")
        _ = try run(image + ["--html", "page.html", "--voc", "spots"])
        #expect(try String(contentsOf: folder.file("page.html"), encoding: .utf8).contains("\"isPoint\""))
        _ = try run(image + ["--class", "disc", "--quantity", "score", "--method", "grad-cam", "--output", "why"])
        _ = try run(["export", "--model", "Runs/points", "--onnx", "points.onnx"])
        let exported = try JSONValue(
            parsing: run(["evaluate", "--model", "points.onnx", "--voc", "spots", "--json"]).output)
        #expect(try exported["objects"] == validation["objects"])
    }

    @Test("What is only for boxes is refused with a sentence")
    func boxesOnly() throws {
        _ = try run(["data", "synthesize", "spots", "--points", "--count", "8", "--size", "64"])
        _ = try run(
            ["train", "--voc", "spots", "--name", "points", "--set", "training.epochs=1"] + Fixture.tinySettings)
        for (arguments, part) in [
            (["export", "--model", "Runs/points", "--onnx", "x.onnx", "--decode"], "detects points"),
            (["inspect", "--score", "--model", "Runs/points"], "detects points"),
            (["data", "convert", "spots", "copy", "--to", "yolo"], "coco has one"),
            (["data", "check", "spots", "--objects", "boxes"], "boxes are wanted"),
            (["train", "--voc", "spots", "--name", "b", "--set", "dataset.objects=boxes"], "boxes are wanted"),
            (["train", "--voc", "spots", "--name", "b", "--set", "loss.pointRadius=[1,2,3]"], "2 classes"),
        ] {
            let outcome = try run(arguments, status: 1)
            #expect(outcome.errors.contains(part), "\(arguments): \(outcome.errors)")
        }
    }

    @Test("A data set of boxes is trained as the centres of its boxes")
    func centers() throws {
        let shapes = try Fixture.shapes.get().path
        let settings = ["--set", "training.epochs=1", "--set", "dataset.objects=points"] + Fixture.tinySettings
        _ = try run(["train", "--voc", shapes, "--name", "centers"] + settings)
        let report = try JSONValue(parsing: run(["evaluate", "--model", "Runs/centers", "--json"]).output)
        #expect(try report["MAE"].number() >= 0)
    }
}
