import Foundation
import JSON
import TestSupport
import Testing

/// Sweeps of the built program, whose trials are processes, and trainings that start from a run.
@Suite("Sweeps, and training from a run", .serialized)
struct SweepTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func arguments(_ more: [String], epochs: Int = 1) throws -> [String] {
        ["sweep", "--voc", try Fixture.shapes.get().path, "--name", "all"] + Fixture.tinySettings
            + ["--set", "training.epochs=\(epochs)"] + more
    }

    private func statuses() throws -> [String] {
        try JSONValue(contentsOf: folder.file("Runs/all/sweep.json"))["trials"].array().map {
            try $0["status"].string()
        }
    }

    @Test("Every setting is trained on every fold, a failure stops nothing, and nothing is trained twice")
    func grid() throws {
        // A learning rate of 1e30 is a loss that is not finite.
        let sweep = try arguments(["--vary", "training.learningRate=0.001,1e30", "--folds", "2"], epochs: 2)
        let outcome = try Program.run(sweep, in: folder.url)
        try #require(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("learningRate=0.001"))
        #expect(outcome.output.contains("failed: learningRate=1e30,fold=1: "), "\(outcome.output)")
        #expect(outcome.errors.contains("trial 4 of 4: learningRate=1e30,fold=2"))
        #expect(outcome.output.contains("best: --set training.learningRate=0.001"))
        #expect(try statuses() == ["finished", "failed", "finished", "failed"])
        for name in ["sweep.html", "sweep.csv", "trials/learningRate=0.001,fold=2/weights/best.safetensors"] {
            #expect(FileManager.default.fileExists(atPath: folder.file("Runs/all/\(name)").path), "\(name)")
        }
        let again = try Program.run(sweep, in: folder.url)
        #expect(again.status == 0)
        #expect(!again.errors.contains("learningRate=0.001"), "\(again.errors)")

        // The evaluation of a trial is that of its own fold.
        let trial = "Runs/all/trials/learningRate=0.001,fold=2"
        let evaluation = try Program.run(["evaluate", "--model", trial, "--json"], in: folder.url)
        try #require(evaluation.status == 0, "\(evaluation.errors)")
        // `val` has 3 images; the 15 of `train` and `val` are in two folds.
        #expect([7, 8].contains(try JSONValue(parsing: evaluation.output)["images"].integer()))

        let other = try Program.run(sweep + ["--seeds", "2"], in: folder.url)
        #expect(other.status == 1)
        #expect(other.errors.contains("--seeds was 1 and is 2"), "\(other.errors)")
    }

    @Test("Ctrl-C ends the trial after its step; the same command goes on")
    func interrupted() throws {
        let sweep = try arguments(["--seeds", "2"], epochs: 6)
        let child = try Program.Child(sweep, in: folder.url)
        while child.isRunning && !child.errors.contains("epoch 2/") { usleep(2000) }
        child.send(SIGINT)
        let outcome = try child.wait()
        #expect(outcome.status == 130)
        #expect(outcome.errors.contains("the same command goes on from there"), "\(outcome.errors)")
        let again = try Program.run(sweep, in: folder.url)
        try #require(again.status == 0, "\(again.errors)")
        #expect(again.errors.contains("resuming after step"), "\(again.errors)")
        #expect(try statuses() == ["finished", "finished"])
    }

    @Test("Nothing that works is exit code 1")
    func failure() throws {
        let outcome = try Program.run(
            try arguments(["--vary", "training.learningRate=1e30"], epochs: 2), in: folder.url)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("the trial failed: "), "\(outcome.errors)")
        #expect(try statuses() == ["failed"])
    }

    @Test("A training from a run has its settings and begins with its best weights")
    func fromRun() throws {
        let run = try Fixture.run.get()
        let outcome = try Program.run(
            ["train", "--from", run.path, "--set", "training.epochs=1"], in: folder.url)
        try #require(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("starting from \(run.path)/weights/best.safetensors"), "\(outcome.errors)")
        let experiment = try JSONValue(contentsOf: folder.file("Runs/tiny-continued/experiment.json"))
        #expect(try experiment["input"]["size"].integer() == 64)
        #expect(try experiment["training"]["epochs"].integer() == 1)
        let none = try Program.run(["train", "--from", folder.url.path], in: folder.url)
        #expect(none.status == 1)
        #expect(none.errors.contains("is no run"), "\(none.errors)")
    }
}
