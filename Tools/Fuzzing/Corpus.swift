import Foundation

/// The files that new ones are made from: examples, and every file whose answer was of a new kind.
struct Corpus {
    private(set) var files: [[UInt8]] = []
    private var answers: Set<String> = []
    private var known: Set<[UInt8]> = []
    private let folder: URL

    /// Reads the parser's examples and the files that an earlier run kept in the folder.
    init(for parser: FuzzedParser, folder: URL) throws {
        self.folder = folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let examples = URL(fileURLWithPath: parser.examples.folder)
        files += try Self.files(in: examples) { $0.hasSuffix(parser.examples.ending) }
        files += try Self.files(in: folder) { $0.hasPrefix("kept-") }
        known = Set(files)
    }

    /// Adds a file if its answer is of a new kind; answers that differ only in numbers are of the same kind.
    mutating func add(_ bytes: [UInt8], answer: String) throws {
        let kind = String(answer.filter { !$0.isNumber }.prefix(90))
        guard bytes.count < 1 << 16, answers.count < 20_000, answers.insert(kind).inserted else { return }
        guard known.insert(bytes).inserted else { return }
        files.append(bytes)
        // The number of the file among all in the corpus, so that a later run replaces none.
        try Data(bytes).write(to: folder.appendingPathComponent("kept-\(files.count)-\(bytes.count)"))
    }

    private static func files(in folder: URL, where isWanted: (String) -> Bool) throws -> [[UInt8]] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return try names.filter(isWanted).sorted().map { name in
            [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
        }
    }
}
