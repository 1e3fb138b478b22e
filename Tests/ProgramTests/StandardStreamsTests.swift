import Foundation
import TestSupport
import Testing

@Suite("Standard streams that cannot be written")
struct StandardStreamsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// What a shell does to a stream, and whether the command's results are lost.
    struct Obstacle: CustomTestStringConvertible, Sendable {
        let redirection: String
        var losesResults = false
        var losesMessages = false
        var testDescription: String { redirection }
    }

    static let obstacles = [
        Obstacle(redirection: ">/dev/full", losesResults: true), Obstacle(redirection: ">&-", losesResults: true),
        Obstacle(redirection: "2>/dev/full", losesMessages: true), Obstacle(redirection: "2>&-", losesMessages: true),
        Obstacle(redirection: "0<&-"),
        Obstacle(redirection: ">/dev/full 2>&1", losesResults: true, losesMessages: true),
        Obstacle(redirection: "0<&- >&- 2>&-", losesResults: true, losesMessages: true),
    ]

    static let commands = [
        "layers", "demo", "heatmap", "evaluate", "train", "run", "weights", "export", "data check", "bench", "inspect",
        "--help",
        "--version",
    ]

    private func arguments(_ command: String) throws -> [String] {
        let (shapes, run) = (try Fixture.shapes.get().path, try Fixture.run.get())
        let weights = run.appendingPathComponent("weights/best.safetensors").path
        let image = "\(shapes)/JPEGImages/000001.jpg"
        let words: [String] =
            switch command {
            case "layers": ["--model", run.path]
            case "demo", "heatmap": [image, "--model", run.path]
            case "evaluate": ["--model", run.path, "--data", shapes]
            case "train", "run":
                ["--data", shapes, "--name", "again", "--set", "training.epochs=1"] + Fixture.tinySettings
            case "weights": [weights]
            case "export": ["--model", run.path, "--onnx", "model.onnx"]
            case "data check": [shapes, "--size", "64"]
            case "bench": ["--mode", "infer", "--size", "64", "--batch", "1", "--runs", "1"]
            case "inspect": [image, "--model", run.path, "--threshold", "0"]
            default: []
            }
        return command.split(separator: " ").map(String.init) + words
    }

    /// Runs the program with redirected streams, in place of a shell.
    private func run(_ arguments: [String], _ redirection: String) throws -> (process: Process, errors: String) {
        let errors = try folder.write("", to: "errors")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", #"exec "$0" "$@" "# + redirection, Program.file.path] + arguments
        process.currentDirectoryURL = folder.url
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        process.waitUntilExit()
        return (process, try String(contentsOf: errors, encoding: .utf8))
    }

    @Test("Lost results are an error, lost messages are not", arguments: commands, obstacles)
    func streams(command: String, obstacle: Obstacle) throws {
        let (process, errors) = try run(try arguments(command), obstacle.redirection)
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == (obstacle.losesResults ? 1 : 0), "\(errors)")
        let complaints = errors.split(separator: "\n").filter { $0.contains("cannot write to standard output") }
        #expect(complaints.count == (obstacle.losesResults && !obstacle.losesMessages ? 1 : 0), "\(errors)")
    }

    @Test("Wrong usage keeps its code without standard error", arguments: ["2>/dev/full", "2>&-"])
    func usage(redirection: String) throws {
        let process = try run(["demo"], redirection).process
        #expect(process.terminationReason == .exit && process.terminationStatus == 64)
    }

    @Test("Files that are written never take the place of a closed stream")
    func closed() throws {
        _ = try run(try arguments("export"), ">&- 2>&- 0<&-")
        let (whole, other) = (folder.file("model.onnx"), folder.file("whole.onnx"))
        try FileManager.default.moveItem(at: whole, to: other)
        #expect(try run(try arguments("export"), "").process.terminationStatus == 0)
        #expect(try Data(contentsOf: whole) == Data(contentsOf: other))
    }

    @Test("A reader that leaves ends the program quietly", arguments: ["--help", "layers"])
    func reader(command: String) throws {
        let pipe = Pipe()
        let errors = try folder.write("", to: "errors")
        let process = Process()
        process.executableURL = Program.file
        process.arguments = try arguments(command)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe.fileHandleForWriting
        process.standardError = try FileHandle(forWritingTo: errors)
        try pipe.fileHandleForReading.close()
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 1)
        #expect(try String(contentsOf: errors, encoding: .utf8) == "")
    }

    @Test(
        "Only `Terminal` writes to standard streams, one function makes lines, and no thread is started without a check"
    )
    func sources() throws {
        let (writers, joiners) = (
            /\bprint\(|FileHandle\.standard(Output|Error)|\bfputs\(|\bputs\(|\bThread \{|\bThread\(/,
            /joined\(separator: "\\n/
        )
        // These make files, scripts and documents; tables align their rows; a log is kept line by line.
        let joining = [
            "Sources/DatasetWriting/", "Sources/Pages/", "Sources/Tensors/", "Sources/Datasets/Formats/CSVFormat.swift",
            "Sources/Training/TrainingState.swift", "Sources/Experiments/Experiment+Reference.swift",
            "Sources/Inspection/Decoding/DecodingExplanation+Listing.swift",
            "Sources/Evaluation/AveragePrecisionReport+Table.swift", "Sources/Jobs/QuantizationJob.swift",
            "Sources/InspectionJobs/DecodeJob.swift", "Sources/Advice/Advice+Text.swift",
            "Sources/Sweeps/SweepResults+Text.swift",
        ]
        // It prints by `Terminal`, in a function of this name.
        let printing = ["Sources/pinpoint/Commands/Inspect.swift"]
        for path in try Repository.files(in: "Sources") where path.hasSuffix(".swift") {
            for line in try Repository.text(path).split(separator: "\n") where !line.contains("///") {
                if line.contains(writers) && !printing.contains(path) { Issue.record("\(path): \(line)") }
                if line.contains(joiners) && !joining.contains(where: path.hasPrefix) {
                    Issue.record("\(path): \(line)")
                }
            }
        }
    }
}
