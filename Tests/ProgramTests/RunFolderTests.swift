import Foundation
import Tensors
import TestSupport
import Testing

/// Runs are never lost: one command at a time writes to a run's folder, and none replaces a run unasked.
@Suite("Run folders", .serialized)
struct RunFolderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func train(_ more: String..., command: String = "train") throws -> Program.Outcome {
        try Program.run(
            [command, "--voc", try Fixture.shapes.get().path, "--name", "a"] + Fixture.tinySettings
                + ["--set", "training.epochs=1"] + more, in: folder.url)
    }

    private var run: URL { folder.file("Runs/a") }

    /// All files of the run with their content.
    private func files() throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: run.path) {
            files[name] = try? Data(contentsOf: run.appendingPathComponent(name))
        }
        return files
    }

    private func remove(_ name: String) throws {
        try FileManager.default.removeItem(at: run.appendingPathComponent(name))
    }

    @Test("A folder in use is not touched, and its owner is named")
    func locked() throws {
        let lock = try FolderLock(run)
        try folder.write("kept", to: "Runs/a/log.jsonl")
        let before = try files()
        for more in ["--replace", "--resume"] {
            let outcome = try train(more)
            #expect(outcome.status == 1 && outcome.errors.contains("process \(getpid()) on "), "\(outcome.errors)")
        }
        let model = try Fixture.run.get().path
        let evaluated = try Program.run(
            ["evaluate", "--model", model, "--output", run.appendingPathComponent("found").path], in: folder.url)
        #expect(evaluated.status == 1 && evaluated.errors.contains("process \(getpid()) on "), "\(evaluated.errors)")
        #expect(try files() == before)
        lock.release()
        #expect(try train("--replace").status == 0)
        #expect(try files()[".pinpoint.lock"] == nil)
    }

    @Test("A run is replaced only when told so, with the figures about it")
    func replaced() throws {
        try #require(try train(command: "run").status == 0)
        try folder.write("mine", to: "Runs/a/notes.txt")
        let before = try files()
        for command in ["train", "run"] {
            let refused = try train(command: command)
            #expect(refused.status == 1, "\(refused.errors)")
            for word in ["--resume", "--replace", "--name"] { #expect(refused.errors.contains(word)) }
        }
        #expect(try files() == before)
        let outcome = try train("--replace", "--set", "training.seed=9")
        #expect(outcome.status == 0 && outcome.errors.contains("replacing the run"), "\(outcome.errors)")
        let names = try files().keys.filter { !$0.hasPrefix("events.") }.sorted()
        #expect(
            names == [
                "experiment.json", "log.jsonl", "notes.txt", "results.csv", "weights/best.safetensors",
                "weights/last.safetensors",
                "weights/resume.safetensors",
            ])
        #expect(try train("--replace", "--resume").status == 64)
    }

    @Test("A name that nobody chose is numbered, a chosen one is refused")
    func numbered() throws {
        let shapes = try Fixture.shapes.get().path
        func train(_ more: String...) throws -> Program.Outcome {
            try Program.run(
                ["train", "--voc", shapes] + Fixture.tinySettings + ["--set", "training.epochs=1"] + more,
                in: folder.url)
        }
        func log(_ name: String) throws -> Data { try Data(contentsOf: folder.file("Runs/\(name)/log.jsonl")) }
        let first = try train()
        #expect(first.status == 0 && !first.errors.contains("already"), "\(first.errors)")
        let before = try log("shapes")
        let second = try train("--set", "training.seed=9")
        #expect(second.status == 0 && second.errors.contains("goes to Runs/shapes-2"), "\(second.errors)")
        #expect(second.output.contains("Runs/shapes-2/weights"), "\(second.output)")
        let settings = try String(contentsOf: folder.file("Runs/shapes-2/experiment.json"), encoding: .utf8)
        #expect(settings.contains("\"shapes-2\""))
        #expect(try train().errors.contains("goes to Runs/shapes-3"))
        #expect(try log("shapes") == before)
        // What was chosen is not changed.
        for chosen in [["--name", "shapes"], ["--set", "name=shapes"]] {
            let refused = try Program.run(["train", "--voc", shapes] + chosen, in: folder.url)
            #expect(refused.status == 1 && refused.errors.contains("there is a run in Runs/shapes already"))
        }
        let resumed = try train("--resume")
        #expect(
            resumed.status == 0 && resumed.errors.contains("this is about shapes; --name shapes-3"), "\(resumed.errors)"
        )
        #expect(resumed.output.contains("Runs/shapes/weights"), "\(resumed.output)")
    }

    @Test("Resuming needs the checkpoint of the run that is there")
    func withoutCheckpoint() throws {
        let first = try train("--resume")
        #expect(first.status == 0 && first.errors.contains("no run to resume"), "\(first.errors)")
        let checkpoint = run.appendingPathComponent("weights/resume.safetensors")
        let content = try Data(contentsOf: checkpoint)
        try remove("weights/resume.safetensors")
        let before = try files()
        let missing = try train("--resume")
        #expect(missing.status == 1 && missing.errors.contains("resume.safetensors is missing"), "\(missing.errors)")
        try FileManager.default.createSymbolicLink(
            atPath: checkpoint.path, withDestinationPath: folder.file("disk/resume.safetensors").path)
        let dangling = try train("--resume")
        #expect(dangling.status == 1 && dangling.errors.contains("disk/resume.safetensors"), "\(dangling.errors)")
        #expect(try files() == before)
        try remove("weights/resume.safetensors")
        try content.write(to: checkpoint)
        try remove("weights/best.safetensors")
        let outcome = try train("--resume")
        #expect(outcome.status == 0 && outcome.errors.contains("best.safetensors"), "\(outcome.errors)")
        #expect(!outcome.output.contains("after epoch"), "\(outcome.output)")
    }

    @Test("The next run removes the temporary files of killed ones")
    func temporaryFiles() throws {
        try #require(try train().status == 0)
        let dead = ["Runs/a/weights/.last.safetensors.4194305.7", "Runs/a/.log.jsonl.4194305.8"]
        for name in dead { try folder.write("half", to: name) }
        try folder.write("whole", to: "Runs/a/weights/.last.safetensors.\(getpid()).7")
        #expect(try train("--resume").status == 0)
        for name in dead { #expect(!FileManager.default.fileExists(atPath: folder.file(name).path)) }
        #expect(try files()["weights/.last.safetensors.\(getpid()).7"] != nil)
    }

    @Test("A run is resumed with its number of threads, or warns that bits will differ")
    func threads() throws {
        func train(_ name: String, epochs: Int, _ more: String...) throws -> Program.Outcome {
            let settings = ["--set", "training.epochs=\(epochs)", "--set", "training.schedule.kind=constant"]
            let outcome = try Program.run(
                ["train", "--voc", try Fixture.shapes.get().path, "--name", name] + Fixture.tinySettings + settings
                    + more, in: folder.url)
            try #require(outcome.status == 0, "\(outcome.errors)")
            return outcome
        }
        func weights(_ name: String) throws -> Data {
            try Data(contentsOf: folder.file("Runs/\(name)/weights/last.safetensors"))
        }
        _ = try train("whole", epochs: 2, "--threads", "3")
        _ = try train("stopped", epochs: 1, "--threads", "3")
        let resumed = try train("stopped", epochs: 2, "--resume")
        #expect(!resumed.errors.contains("same bits as if"), "\(resumed.errors)")
        #expect(try weights("stopped") == weights("whole"))
        _ = try train("other", epochs: 1, "--threads", "3")
        let other = try train("other", epochs: 2, "--resume", "--threads", "1")
        #expect(other.errors.contains("computed with 3 threads and continues with 1"), "\(other.errors)")
    }
}
