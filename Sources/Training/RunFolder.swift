import Foundation
import Tensors

/// Where a run leaves what: the layout that every other command reads.
public struct RunFolder: Hashable, Sendable {
    /// The folder of the run.
    public let url: URL

    /// A run in this folder, which need not exist yet.
    public init(_ url: URL) { self.url = url }

    /// The weights after the last epoch.
    public var lastWeights: URL { weights.appendingPathComponent("last.safetensors") }
    /// The weights with the best validation.
    public var bestWeights: URL { weights.appendingPathComponent("best.safetensors") }
    /// Everything that going on needs.
    public var checkpoint: URL { weights.appendingPathComponent("resume.safetensors") }
    /// A line an epoch.
    public var log: URL { url.appendingPathComponent("log.jsonl") }

    private var weights: URL { url.appendingPathComponent("weights", isDirectory: true) }

    /// Whether there is something to resume.
    public var hasCheckpoint: Bool { FileManager.default.fileExists(atPath: checkpoint.path) }

    /// Makes the folders.
    func create() throws { try FileManager.default.createDirectory(at: weights, withIntermediateDirectories: true) }

    /// Removes what an earlier run left, the checkpoint first: without it nobody takes the rest for this run's.
    func clear() throws {
        for file in [checkpoint, bestWeights, lastWeights, log] {
            guard FileManager.default.fileExists(atPath: file.path) else { continue }
            try FileManager.default.removeItem(at: file)
        }
    }

    func writeLog(_ lines: [String]) throws(FileError) {
        try writeAtomically(Data(lines.map { $0 + "\n" }.joined().utf8), to: log)
    }
}
