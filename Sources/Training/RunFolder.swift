import Foundation
import Tensors

/// The layout of a run's folder, which all other commands read.
public struct RunFolder: Hashable, Sendable {
    /// The folder of the run.
    public let url: URL

    /// Creates a description of a run's folder, which need not exist yet.
    public init(_ url: URL) { self.url = url }

    /// The weights after the last epoch.
    public var lastWeights: URL { weights.appendingPathComponent("last.safetensors") }
    /// The weights with the best validation results.
    public var bestWeights: URL { weights.appendingPathComponent("best.safetensors") }
    /// The checkpoint, with everything needed to resume.
    public var checkpoint: URL { weights.appendingPathComponent("resume.safetensors") }
    /// The log, one line per epoch.
    public var log: URL { url.appendingPathComponent("log.jsonl") }

    private var weights: URL { url.appendingPathComponent("weights", isDirectory: true) }

    /// Whether there is a checkpoint to resume from.
    public var hasCheckpoint: Bool { FileManager.default.fileExists(atPath: checkpoint.path) }

    /// Creates the folders.
    func create() throws(FileWriteError) { try createFolder(weights) }

    /// Removes the files of an earlier run, the checkpoint first, so that the remaining files are never taken for this run's.
    func clear() throws {
        for file in [checkpoint, bestWeights, lastWeights, log] {
            guard FileManager.default.fileExists(atPath: file.path) else { continue }
            try FileManager.default.removeItem(at: file)
        }
    }

    func writeLog(_ lines: [String]) throws(FileWriteError) {
        try writeAtomically(Data(lines.map { $0 + "\n" }.joined().utf8), to: log)
    }
}
