import Datasets
import Foundation
import Tensors

/// The layout of a run's folder, which all other commands read.
public struct RunFolder: Hashable, Sendable {
    /// The folder of the run.
    public let url: URL

    /// Creates a description of a run's folder, which need not exist yet.
    public init(_ url: URL) { self.url = url }

    /// The run's folder that a file or folder is in, or is itself; nil if it is in none.
    public init?(around place: URL) {
        var folder = place.absoluteURL.standardizedFileURL
        for _ in 0..<3 {
            self.init(folder)
            if Self.isPresent(experiment) || !remains.isEmpty { return }
            folder = folder.deletingLastPathComponent()
        }
        return nil
    }

    /// The weights after the last epoch.
    public var lastWeights: URL { weights.appendingPathComponent("last.safetensors") }
    /// The weights with the best validation results.
    public var bestWeights: URL { weights.appendingPathComponent("best.safetensors") }
    /// The checkpoint, with everything needed to resume.
    public var checkpoint: URL { weights.appendingPathComponent("resume.safetensors") }
    /// The log, one line per epoch.
    public var log: URL { url.appendingPathComponent("log.jsonl") }
    /// The numbers of the log as a table of comma-separated values.
    public var results: URL { url.appendingPathComponent("results.csv") }

    /// The weights that are kept after an epoch, from 1, beside the best and the last ones.
    func weights(afterEpoch epoch: Int) -> URL {
        let digits = String(epoch)
        return weights.appendingPathComponent(
            Self.epochPrefix + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + ".safetensors")
    }

    private static let epochPrefix = "epoch-"

    private var weights: URL { url.appendingPathComponent("weights", isDirectory: true) }

    /// Whether there is a checkpoint to resume from. A link to a file that is not there is none.
    public var hasCheckpoint: Bool { FileManager.default.fileExists(atPath: checkpoint.path) }

    /// The files of a run that are in the folder, by their paths in it: what would be lost if another run started there. Links count even
    /// if what they lead to is missing, since a disk may not be mounted.
    public var remains: [String] {
        var found = ["weights/resume.safetensors", "weights/best.safetensors", "weights/last.safetensors"]
        found += ["log.jsonl", "metrics.json", "report.html"]
        found = found.filter { Self.isPresent(url.appendingPathComponent($0)) }
        if Self.linkTarget(ofMissing: weights) != nil { found.append("weights") }
        return found
    }

    /// Requires that a run can be resumed or that none was ever in the folder.
    ///
    /// - Throws: ``TrainingError/noCheckpoint(folder:reason:remains:)`` where a run is without its checkpoint.
    public func requireCheckpointOrNothing() throws(TrainingError) {
        if hasCheckpoint { return }
        let remains = remains
        if remains.isEmpty { return }
        let target =
            Self.linkTarget(ofMissing: checkpoint).map { ("weights/resume.safetensors", $0) }
            ?? Self.linkTarget(ofMissing: weights).map { ("weights", $0) }
        throw .noCheckpoint(
            folder: url.relativePath,
            reason: target.map { "\($0.0) is a link to \($0.1), which does not exist" }
                ?? "weights/resume.safetensors is missing",
            remains: remains.filter { $0 != target?.0 })
    }

    /// Removes the temporary files that a killed process left in the folder; only the process that holds the folder's lock may do so.
    public func removeAbandonedFiles() {
        for folder in [url, weights, detections, heatmaps] { removeAbandonedTemporaryFiles(in: folder) }
    }

    /// Creates the folders.
    func create() throws(FileWriteError) { try createFolder(weights) }

    /// Removes the files of an earlier run and nothing else. The checkpoint goes last: as long as anything is left of a run, it can be
    /// resumed.
    ///
    /// - Parameter inputs: Images that this run reads, which stay even in the folders of drawings.
    package func clear(sparing inputs: [URL]) throws {
        clearResults(sparing: inputs)
        var files = EventFile.files(in: url) + [results, log, bestWeights, lastWeights]
        let names = (try? FileManager.default.contentsOfDirectory(atPath: weights.path)) ?? []
        files += names.filter { $0.hasPrefix(Self.epochPrefix) && $0.hasSuffix(".safetensors") }.map(
            weights.appendingPathComponent)
        for file in files + [checkpoint] where Self.isPresent(file) {
            try FileManager.default.removeItem(at: file)
        }
    }

    /// Removes figures, report and drawings, which are about weights that are about to change.
    func clearResults(sparing inputs: [URL]) {
        let inputs = Set(inputs.compactMap { FileIdentity($0) })
        var files = [metrics, report]
        for (folder, extensions) in [(detections, ["png", "json"]), (heatmaps, ["png", "npy"])] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            files += names.filter { extensions.contains(($0 as NSString).pathExtension) }.map {
                folder.appendingPathComponent($0)
            }
        }
        for file in files where FileIdentity(file).map({ !inputs.contains($0) }) ?? Self.isPresent(file) {
            try? FileManager.default.removeItem(at: file)
        }
        // Folders with other files stay.
        for folder in [detections, heatmaps] { rmdir(folder.path) }
    }

    /// Writes the log and its table; without a line, there are none.
    func writeLog(_ lines: [String]) throws {
        if lines.isEmpty {
            // No epoch is complete yet: what is there is of epochs after a checkpoint from which the run goes on.
            for file in [log, results] where Self.isPresent(file) { try FileManager.default.removeItem(at: file) }
            return
        }
        try writeAtomically(Data(lines.map { $0 + "\n" }.joined().utf8), to: log)
        try writeAtomically(Data(ResultsTable(lines).text.utf8), to: results)
    }

    /// Whether there is a file, folder or link of this name, wherever the link leads.
    private static func isPresent(_ file: URL) -> Bool {
        var status = stat()
        return lstat(file.path, &status) == 0
    }

    /// Where a link leads whose target is missing; nil if it is no such link.
    private static func linkTarget(ofMissing file: URL) -> String? {
        if FileManager.default.fileExists(atPath: file.path) { return nil }
        return try? FileManager.default.destinationOfSymbolicLink(atPath: file.path)
    }
}
