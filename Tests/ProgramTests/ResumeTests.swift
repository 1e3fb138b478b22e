import Foundation
import Tensors
import Testing

/// A run that is stopped and resumed ends with the bits of one that never stopped.
@Suite("Stopping and resuming", .serialized)
struct ResumeTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func arguments(_ name: String) throws -> [String] {
        ["train", "--voc", try Fixture.shapes.get().path, "--name", name] + Fixture.tinySettings
            + ["training.epochs=8", "training.checkpointSeconds=0", "training.averageDecay=0.9"]
            .flatMap { ["--set", $0] }
    }

    private func weights(_ name: String) throws -> [Data] {
        try ["last", "best"].map {
            try Data(contentsOf: folder.file("Runs/\(name)/weights/\($0).safetensors"))
        }
    }

    private func expectSameWeights(_ name: String, as other: String) throws {
        for (left, right) in zip(try weights(name), try weights(other)) { #expect(left == right) }
    }

    @Test("Killed at random moments")
    func killed() throws {
        let began = ContinuousClock.now
        try #require(try Program.run(try arguments("whole"), in: folder.url).status == 0)
        let whole = (ContinuousClock.now - began) / .seconds(1)
        var random = SeededGenerator(7)
        var kills = 0
        for attempt in 0..<40 {
            let child = try Program.Child(try arguments("killed") + (attempt == 0 ? [] : ["--resume"]), in: folder.url)
            // Half of a whole run at most, so that several kills are needed, and always enough to get somewhere.
            let patience = attempt < 6 ? random.uniform(0.05, 0.6) * whole : 1e9
            let end = ContinuousClock.now + .seconds(min(patience, 60))
            while child.isRunning && ContinuousClock.now < end { usleep(2000) }
            if child.isRunning {
                child.send(SIGKILL)
                kills += 1
                _ = try child.wait()
                continue
            }
            let outcome = try child.wait()
            try #require(outcome.status == 0, "\(outcome.errors)")
            break
        }
        #expect(kills > 0)
        try expectSameWeights("killed", as: "whole")
    }

    @Test("Ctrl-C saves and leaves; resuming goes on")
    func interrupted() throws {
        try #require(try Program.run(try arguments("whole"), in: folder.url).status == 0)
        let child = try Program.Child(try arguments("stopped"), in: folder.url)
        while child.isRunning && !child.errors.contains("epoch 2/") { usleep(2000) }
        child.send(SIGINT)
        let outcome = try child.wait()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("--resume goes on"), "\(outcome.errors)")
        let resumed = try Program.run(try arguments("stopped") + ["--resume"], in: folder.url)
        try #require(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.errors.contains("going on after step"))
        try expectSameWeights("stopped", as: "whole")
    }

    @Test("Another experiment is not resumed")
    func differentExperiment() throws {
        let short = try arguments("run") + ["--set", "training.epochs=1"]
        try #require(try Program.run(short, in: folder.url).status == 0)
        let outcome = try Program.run(short + ["--resume", "--set", "training.learningRate=0.5"], in: folder.url)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("learningRate"), "\(outcome.errors)")
    }
}
