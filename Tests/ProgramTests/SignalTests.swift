import Foundation
import TestSupport
import Testing

@Suite("Ctrl-C and SIGTERM end every command", .serialized)
struct SignalTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Sends a signal to a command once it has come as far as `hasBegun` says.
    ///
    /// A machine that sleeps in between lets the command reach its end first; then it is tried again.
    private func outcome(
        _ arguments: [String], _ signal: Int32, before: () throws -> Void = {},
        hasBegun: (Program.Child) -> Bool
    ) throws -> Program.Outcome {
        for _ in 0..<10 {
            try before()
            let child = try Program.Child(arguments, in: folder.url)
            while child.isRunning && !hasBegun(child) { usleep(1000) }
            child.send(signal)
            let outcome = try child.wait()
            if outcome.status != 0 { return outcome }
        }
        throw Unstoppable()
    }

    private struct Unstoppable: Error {}

    private func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder.file(name).path) }

    /// Whether a folder contains a file.
    private func isBegun(_ name: String) -> Bool {
        (try? FileManager.default.contentsOfDirectory(atPath: folder.file(name).path).isEmpty) == false
    }

    private func makeShapes(count: Int) throws {
        try #require(
            Program.run(["data", "synthesize", "shapes", "--count", "\(count)", "--size", "64"], in: folder.url).status
                == 0)
    }

    private static func code(_ signal: Int32) -> Int32 { 128 + signal }

    @Test(
        "A run ends in every phase, and says how to resume", arguments: ["detections", "heatmaps"], [SIGINT, SIGTERM])
    func run(phase: String, signal: Int32) throws {
        try makeShapes(count: 200)
        let settings =
            Fixture.tinySettings + [
                "--set", "training.epochs=1", "--set", "outputs.demoCount=100", "--set", "outputs.heatmapCount=100",
            ]
        let train = ["--data", "shapes", "--name", "r"] + settings
        try #require(Program.run(["train"] + train, in: folder.url).status == 0)
        let outcome = try outcome(
            ["run"] + train + ["--resume"], signal,
            before: { try? FileManager.default.removeItem(at: folder.file("Runs/r/\(phase)")) }
        ) { _ in isBegun("Runs/r/\(phase)") }
        #expect(outcome.status == Self.code(signal), "\(outcome.errors)")
        #expect(outcome.errors.contains("--resume continues"), "\(outcome.errors)")
        #expect(!exists("Runs/r/report.html"))
        let rest = try Program.run(["run"] + train + ["--resume"], in: folder.url)
        #expect(rest.status == 0 && exists("Runs/r/report.html"), "\(rest.errors)")
    }

    @Test("Drawing ends after the image that it is at", arguments: ["demo", "heatmap", "inspect"], [SIGINT, SIGTERM])
    func images(command: String, signal: Int32) throws {
        try makeShapes(count: 300)
        let arguments = [
            command, "shapes/JPEGImages", "--model", try Fixture.run.get().path, "--output", "out", "--threshold", "0",
        ]
        let outcome = try outcome(
            arguments + (command == "inspect" ? ["--each"] : []), signal,
            before: { try? FileManager.default.removeItem(at: folder.file("out")) }
        ) { _ in isBegun("out") }
        #expect(outcome.status == Self.code(signal), "\(outcome.errors)")
        #expect(outcome.errors.contains("pinpoint: stopped after "), "\(outcome.errors)")
        #expect(outcome.errors.contains(" of 300 images"), "\(outcome.errors)")
        // Nothing is left half written.
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.file("out").path)
        #expect(
            files.allSatisfy { ["png", "npy", "json"].contains(URL(fileURLWithPath: $0).pathExtension) }, "\(files)")
    }

    @Test("Data sets that are written are left at an image", arguments: ["convert", "synthesize"])
    func data(command: String) throws {
        try makeShapes(count: 500)
        let arguments =
            command == "convert"
            ? ["data", "convert", "shapes", "new", "--to", "yolo"]
            : ["data", "synthesize", "new", "--count", "500", "--size", "64"]
        let outcome = try outcome(
            arguments, SIGTERM, before: { try? FileManager.default.removeItem(at: folder.file("new")) }
        ) { _ in exists("new") }
        #expect(outcome.status == Self.code(SIGTERM), "\(outcome.errors)")
    }

    @Test(
        "Where nothing is left undone, a signal ends the command at once",
        arguments: [
            ["bench", "--mode", "infer", "--size", "64", "--batch", "1", "--runs", "100000"],
            ["data", "check", "shapes", "--size", "64"], ["layers", "--network", "resnet101"],
            ["export", "--network", "resnet101", "--onnx", "model.onnx"],
        ])
    func atOnce(arguments: [String]) throws {
        try makeShapes(count: 300)
        for signal in [SIGINT, SIGTERM] {
            // The last handler that is installed is SIGTERM's.
            let outcome = try outcome(arguments, signal) { $0.catches(SIGTERM) }
            #expect(outcome.status == Self.code(signal), "\(outcome.errors)")
            #expect(outcome.errors.contains("pinpoint: stopped"), "\(outcome.errors)")
        }
    }
}
