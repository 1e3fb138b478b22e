import ArgumentParser
import Foundation
import Tensors

/// A command that feeds a parser almost valid files.
///
/// Each file is on disk before it is read: when the parser crashes, hangs or takes too much memory, the file responsible is `current` in
/// the corpus folder.
@main
struct Fuzz: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fuzz", abstract: "Feed a parser almost valid files; run in the package's folder.")

    @Argument(help: "One of \(FuzzedParser.all.map(\.name).joined(separator: ", ")).")
    var parser: String

    @Option(help: "How many minutes to run.")
    var minutes = 10.0

    @Option(help: "The maximum number of files; by default only the time limits them.")
    var files = Int.max

    @Option(help: "Random seed.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("The folder for new kinds of files and for findings.", valueName: "folder"))
    var corpus = "fuzz-corpus"

    @Option(help: ArgumentHelp("Read only this file.", valueName: "file"))
    var replay: String?

    @Option(
        help: ArgumentHelp("Read nothing: write the files to this folder, for another program.", valueName: "folder"))
    var write: String?

    @Option(help: ArgumentHelp("The folder of the valid files, instead of the parser's own.", valueName: "folder"))
    var examples: String?

    func validate() throws {
        if !(minutes > 0 && minutes < 1e6) { throw ValidationError("--minutes must be above 0.") }
        if files < 1 { throw ValidationError("--files must be 1 or more.") }
        if !FuzzedParser.all.contains(where: { $0.name == parser }) {
            throw ValidationError("Unknown parser '\(parser)'.")
        }
        if write != nil && files == .max {
            throw ValidationError("--write needs --files, the number of files to write.")
        }
    }

    func run() throws {
        guard var parser = FuzzedParser.all.first(where: { $0.name == parser }) else { return }
        if let examples { parser.examples = (examples, "") }
        if let write { return try self.write(parser, to: URL(fileURLWithPath: write)) }
        MemoryWatch.prepareAllocator()
        if let replay {
            let outcome = try read(try Data(contentsOf: URL(fileURLWithPath: replay)).count, replay, parser)
            print(outcome.answer, outcome.excess.map { "\($0) bytes too many" } ?? "within its memory limit")
            return
        }
        let findings = try search(parser)
        if findings > 0 { throw ExitCode(1) }
    }

    /// Writes files without reading them. Their names are numbers, so that the same seed writes the same files.
    private func write(_ parser: FuzzedParser, to folder: URL) throws {
        let corpus = try corpus(for: parser)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for number in 0..<files {
            try Data(next(from: corpus.files, number: number, parser)).write(
                to: folder.appendingPathComponent("\(number)"))
        }
    }

    private func corpus(for parser: FuzzedParser) throws -> Corpus {
        let corpus = try Corpus(for: parser, folder: folder(of: parser))
        guard !corpus.files.isEmpty else { throw ValidationError("\(parser.examples.folder) contains no examples.") }
        return corpus
    }

    private func folder(of parser: FuzzedParser) -> URL {
        URL(fileURLWithPath: corpus).appendingPathComponent(parser.name)
    }

    private func search(_ parser: FuzzedParser) throws -> Int {
        let folder = folder(of: parser)
        var corpus = try corpus(for: parser)
        let current = folder.appendingPathComponent("current")
        let began = ContinuousClock.now
        var (count, findings) = (0, 0)
        while count < files, ContinuousClock.now - began < .seconds(60 * minutes) {
            let bytes = next(from: corpus.files, number: count, parser)
            try Data(bytes).write(to: current)
            let outcome = try read(bytes.count, current.path, parser)
            if let excess = outcome.excess {
                findings += 1
                try Data(bytes).write(to: folder.appendingPathComponent("memory-\(count)"))
                print("file \(count) of \(bytes.count) bytes: \(excess) bytes of memory too many (\(outcome.answer))")
            }
            try corpus.add(bytes, answer: outcome.answer)
            count += 1
        }
        try FileManager.default.removeItem(at: current)
        print("\(parser.name): \(count) files, \(corpus.files.count) kinds kept, \(findings) findings")
        return findings
    }

    /// Returns the bytes of the next file: unchanged examples first, then mutations.
    private func next(from files: [[UInt8]], number: Int, _ parser: FuzzedParser) -> [UInt8] {
        if number < files.count && number < 64 { return files[number] }
        var random = SeededGenerator(seed, number)
        let original = files[random.integer(in: 0...files.count - 1)]
        let other = files[random.integer(in: 0...files.count - 1)]
        let usesPart = random.chance(0.7)
        var mutation = Mutation(random: random, words: parser.words.map { Array($0.utf8) })
        if usesPart, let part = parser.part, let inner = part.extract(original) {
            return part.wrap(mutation.mutate(inner, with: part.extract(other) ?? other))
        }
        return mutation.mutate(original, with: other)
    }

    private func read(
        _ count: Int, _ path: String, _ parser: FuzzedParser
    ) throws -> (answer: String, excess: Int?) {
        let claim = parser.claim(URL(fileURLWithPath: path))
        let watch = MemoryWatch(factor: parser.memoryFactor, fileSize: count, claim: claim)
        // End the process when the parser hangs.
        alarm(20)
        defer { alarm(0) }
        var answer: String
        do {
            answer = "read: " + (try parser.parse(URL(fileURLWithPath: path)))
        } catch {
            answer = "\(error)".replacingOccurrences(of: path, with: "")
        }
        return (answer, watch.excess())
    }
}
