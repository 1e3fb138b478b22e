import Foundation
import Tensors
import TestSupport
import Testing

/// A stopped and resumed run ends with the same bits as one that never stopped.
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
        try #require(try Program.run(try arguments("whole"), in: folder.url).status == 0)
        var random = SeededGenerator(7)
        var kills = 0
        for _ in 0..<40 {
            let child = try Program.Child(try arguments("killed") + (kills == 0 ? [] : ["--resume"]), in: folder.url)
            // Wait for the child's own progress, since the machine's speed varies from one child to the next.
            let epochs = random.integer(in: 0...2)
            let later = random.uniform(0, 0.5)
            let began = ContinuousClock.now
            while child.isRunning && child.epochsDone < epochs { usleep(2000) }
            let sofar: Duration = ContinuousClock.now - began + .milliseconds(100)
            let end = ContinuousClock.now + sofar * later
            while child.isRunning && (kills == 6 || ContinuousClock.now < end) { usleep(2000) }
            if child.isRunning {
                child.send(SIGKILL)
                kills += 1
                _ = try child.wait()
                continue
            }
            let outcome = try child.wait()
            try #require(outcome.status == 0, "\(outcome.errors)")
            if kills > 0 { break }
        }
        try #require(kills > 0)
        try expectSameWeights("killed", as: "whole")
    }

    @Test("Ctrl-C saves and exits; resuming continues")
    func interrupted() throws {
        try #require(try Program.run(try arguments("whole"), in: folder.url).status == 0)
        let child = try Program.Child(try arguments("stopped"), in: folder.url)
        while child.isRunning && !child.errors.contains("epoch 2/") { usleep(2000) }
        child.send(SIGINT)
        let outcome = try child.wait()
        #expect(outcome.status == 130)
        #expect(outcome.errors.contains("--resume continues"), "\(outcome.errors)")
        let resumed = try Program.run(try arguments("stopped") + ["--resume"], in: folder.url)
        try #require(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.errors.contains("resuming after step"))
        try expectSameWeights("stopped", as: "whole")
    }

    @Test("A run of another experiment is not resumed")
    func differentExperiment() throws {
        let short = try arguments("run") + ["--set", "training.epochs=1"]
        try #require(try Program.run(short, in: folder.url).status == 0)
        let outcome = try Program.run(short + ["--resume", "--set", "training.learningRate=0.5"], in: folder.url)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("learningRate"), "\(outcome.errors)")
    }
}
