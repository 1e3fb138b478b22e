import Foundation
import TestSupport
import Testing

/// The built program, run as a user runs it.
enum Program {
    /// The outcome of a run of the program.
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String
    }

    /// The program, in the build folder of these tests.
    static let file: URL = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("pinpoint")
    }()

    /// Runs the program to its end.
    ///
    /// - Parameter limits: Commands of a shell that precede it, such as `ulimit -f 100`.
    static func run(_ arguments: [String], in folder: URL? = nil, limits: String? = nil) throws -> Outcome {
        let child = try Child(arguments, in: folder, limits: limits)
        return try child.wait()
    }

    /// The program while it runs.
    final class Child {
        private let process = Process()
        private let files: (output: URL, errors: URL)

        init(_ arguments: [String], in folder: URL? = nil, limits: String? = nil) throws {
            try #require(
                FileManager.default.isExecutableFile(atPath: Program.file.path),
                "\(Program.file.path) is missing: build it with `swift build --build-tests`")
            // Files take any amount of output; pipes would fill up.
            let place = FileManager.default.temporaryDirectory.appendingPathComponent("pinpoint-\(UUID())")
            files = (place.appendingPathExtension("out"), place.appendingPathExtension("err"))
            for file in [files.output, files.errors] { try Data().write(to: file) }
            if let limits {
                process.executableURL = URL(fileURLWithPath: "/bin/sh")
                process.arguments = ["-c", limits + #"; exec "$0" "$@""#, Program.file.path] + arguments
            } else {
                process.executableURL = Program.file
                process.arguments = arguments
            }
            process.currentDirectoryURL = folder
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = try FileHandle(forWritingTo: files.output)
            process.standardError = try FileHandle(forWritingTo: files.errors)
            try process.run()
        }

        var isRunning: Bool { process.isRunning }
        var errors: String { (try? String(contentsOf: files.errors, encoding: .utf8)) ?? "" }

        /// The number of epochs reported so far, in lines such as "epoch 3/8 ...".
        var epochsDone: Int { errors.split(separator: "\n").count { $0.hasPrefix("epoch ") } }

        /// Whether the program has installed a handler of a signal.
        func catches(_ signal: Int32) -> Bool {
            let status = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
            let line = status?.split(separator: "\n").first { $0.hasPrefix("SigCgt:") }
            let mask = line?.split(whereSeparator: \.isWhitespace).last.flatMap { UInt64($0, radix: 16) } ?? 0
            return mask >> (signal - 1) & 1 == 1
        }

        func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

        /// Waits for the end, and returns the program's peak memory in bytes, sampled every few milliseconds.
        func waitWatchingMemory() throws -> (outcome: Outcome, peak: Int) {
            var peak = 0
            while process.isRunning {
                let status = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
                let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
                let kibibytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
                peak = max(peak, (kibibytes ?? 0) << 10)
                usleep(5000)
            }
            return (try wait(), peak)
        }

        func wait() throws -> Outcome {
            process.waitUntilExit()
            defer { for file in [files.output, files.errors] { try? FileManager.default.removeItem(at: file) } }
            return Outcome(
                status: process.terminationStatus, output: try String(contentsOf: files.output, encoding: .utf8),
                errors: errors)
        }
    }
}

/// Shared fixtures: a tiny data set and a network that was briefly trained on it.
enum Fixture {
    /// Settings for a run that takes seconds.
    static let tinySettings = [
        "input.size=64", "network.headChannels=16", "training.batchSize=4", "training.evaluateEvery=1",
        "outputs.demoCount=2", "outputs.heatmapCount=1",
    ].flatMap { ["--set", $0] }

    static let folder: URL = {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("pinpoint-fixture-\(getpid())")
        try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        atexit {
            let url = FileManager.default.temporaryDirectory.appendingPathComponent("pinpoint-fixture-\(getpid())")
            try? FileManager.default.removeItem(at: url)
        }
        return url
    }()

    /// A synthetic data set.
    static let shapes: Result<URL, any Error> = Result {
        let url = folder.appendingPathComponent("shapes")
        let outcome = try Program.run(["data", "synthesize", url.path, "--count", "16", "--size", "64", "--seed", "5"])
        try #require(outcome.status == 0, "\(outcome.errors)")
        return url
    }

    /// The folder of a run on ``shapes``.
    static let run: Result<URL, any Error> = Result {
        let outcome = try Program.run(
            ["run", "--voc", shapes.get().path, "--name", "tiny", "--set", "training.epochs=2"] + tinySettings,
            in: folder)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return folder.appendingPathComponent("Runs/tiny")
    }

    /// The folder of a short training on `Data/Shapes`, which finds about half of the shapes.
    static let shapesRun: Result<URL, any Error> = Result {
        let settings = [
            "dataset.root=\(Repository.file("Data/Shapes").path)", "input.size=96", "training.epochs=8",
            "training.evaluateEvery=8", "outputs.demoCount=0", "outputs.heatmapCount=0",
        ]
        let outcome = try Program.run(
            ["run", Repository.file("Experiments/shapes.json").path] + settings.flatMap { ["--set", $0] }, in: folder)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return folder.appendingPathComponent("Runs/shapes")
    }
}
