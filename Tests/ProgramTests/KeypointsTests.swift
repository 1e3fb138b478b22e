import Foundation
import JSON
import Tensors
import TestSupport
import Testing

@Suite("From figures to keypoints", .serialized)
struct KeypointsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func run(_ arguments: [String], status: Int32 = 0) throws -> Program.Outcome {
        let outcome = try Program.run(arguments, in: folder.url)
        try #require(outcome.status == status, "\(arguments): \(outcome.errors)")
        return outcome
    }

    @Test("Synthesize, check, train, evaluate, draw, explain")
    func wholeWay() throws {
        _ = try run(["data", "synthesize", "figures", "--keypoints", "--count", "16", "--size", "64", "--seed", "3"])
        let check = try JSONValue(parsing: run(["data", "check", "figures", "--size", "64", "--json"]).output)
        #expect(try check["problems"].array().isEmpty)
        #expect(try check["keypoints"]["annotated"].integer() > 100)
        _ = try run(["data", "preview", "--voc", "figures", "--count", "2", "--output", "seen"] + Fixture.tinySettings)
        _ = try run(
            ["run", "--voc", "figures", "--name", "poses", "--set", "training.epochs=2"] + Fixture.tinySettings)
        let metrics = try JSONValue(contentsOf: folder.file("Runs/poses/metrics.json"))
        let pose = try metrics["validation"]["pose"]
        for name in ["AP", "AP50", "AR"] { #expect((0...1).contains(try pose[name].number())) }
        // In images of 64 pixels no figure is of COCO's medium size.
        #expect(try pose["APmedium"].number() == -1)
        let experiment = try JSONValue(contentsOf: folder.file("Runs/poses/experiment.json"))
        #expect(try experiment["network"]["keypoints"].bool())
        #expect(try experiment["network"]["mirrorPairs"].array().count == 6)
        #expect(try experiment["evaluation"]["keypointSigmas"].numbers().count == 13)
        #expect(try experiment["loss"]["weights"]["keypointHeatmap"].number() == 1)

        let evaluated = try run(["evaluate", "--model", "Runs/poses", "--json", "--output", "found"]).output
        #expect(try JSONValue(parsing: evaluated) == metrics["validation"])
        let file = try run(["evaluate", "--detections", "found/detections.json", "--voc", "figures", "--json"]).output
        #expect(file == evaluated)
        #expect(try run(["evaluate", "--model", "Runs/poses", "--flip"]).output.contains("keypoints"))

        let found = try JSONValue(
            parsing: run([
                "demo", "figures/images", "--model", "Runs/poses", "--threshold", "0", "--top", "1", "--json",
            ])
            .output)
        #expect(try found.array().count == 16)
        for entry in try found.array() { #expect(try entry["keypoints"].numbers().count == 39) }

        _ = try run(["heatmap", "figures/images/000001.jpg", "--model", "Runs/poses", "--output", "maps"])
        let maps = try FileManager.default.contentsOfDirectory(atPath: folder.file("maps").path)
        #expect(maps.count == 3 + 15)
        #expect(maps.contains("000001.keypoint-left_wrist.png") && maps.contains("000001.keypoints.png"))
        #expect(try Data(contentsOf: folder.file("maps/000001.keypoints.npy")).count == 128 + 13 * 16 * 16 * 4)
        let page = try String(contentsOf: folder.file("Runs/poses/report.html"), encoding: .utf8)
        for part in ["OKS AP", "ARlarge"] { #expect(page.contains(part), "\(part)") }

        let explained = try run(
            [
                "inspect", "figures/images/000001.jpg", "--model", "Runs/poses", "--threshold", "0", "--class",
                "figure",
                "--quantity", "keypoint-head-x,keypoint-left_wrist,score", "--method", "grad-cam", "--output", "why",
                "--json",
            ]
        ).output
        let targets = try JSONValue(parsing: explained).array()[0]["maps"].array().map { try $0["target"].string() }
        #expect(
            Set(targets.map { $0.split(separator: " ").last ?? "" }) == [
                "keypoint-head-x", "keypoint-left_wrist", "figure",
            ])
        let wrong = try Program.run(
            [
                "inspect", "figures/images/000001.jpg", "--model", "Runs/poses", "--class", "figure", "--quantity",
                "keypoint-tail", "--output", "why",
            ], in: folder.url)
        #expect(wrong.status == 1 && wrong.errors.contains("there is no keypoint 'tail'"), "\(wrong.errors)")
    }

    @Test("Keypoints can be turned off")
    func boxesOnly() throws {
        _ = try run(["data", "synthesize", "figures", "--keypoints", "--count", "8", "--size", "64"])
        _ = try run(
            [
                "train", "--voc", "figures", "--name", "boxes", "--set", "training.epochs=1", "--set",
                "network.keypoints=false",
            ]
                + Fixture.tinySettings)
        let experiment = try JSONValue(contentsOf: folder.file("Runs/boxes/experiment.json"))
        #expect(try !experiment["network"]["keypoints"].bool())
        #expect(experiment.optional("evaluation")?.optional("keypointSigmas") == nil)
        let report = try JSONValue(parsing: run(["evaluate", "--model", "Runs/boxes", "--json"]).output)
        #expect(report.optional("pose") == nil)
    }

    @Test(
        "Settings that do not fit the keypoints give error messages",
        arguments: [
            ("network.mirrorPairs=[[\"left_knee\",\"tail\"]]", "tail"),
            ("network.mirrorPairs=[[\"left_knee\",\"right_knee\"],[\"left_knee\",\"left_hip\"]]", "two pairs"),
            ("evaluation.keypointSigmas=[0.1,0.2]", "13 keypoints"), ("evaluation.keypointSigmas=[0]", "above 0"),
            ("loss.weights.keypointOffset=-1", "0 or more"),
        ])
    func settings(setting: String, message: String) throws {
        _ = try run(["data", "synthesize", "figures", "--keypoints", "--count", "4", "--size", "48"])
        let outcome = try run(["train", "--voc", "figures", "--set", setting] + Fixture.tinySettings, status: 1)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }
}
