import Foundation
import Tensors
import Training

/// The layout of a sweep's folder.
public struct SweepFolder: Hashable, Sendable {
    /// The folder.
    public let url: URL

    /// Describes a folder, which need not exist yet.
    public init(_ url: URL) { self.url = url }

    /// The run folders of the trials.
    public var trials: URL { url.appendingPathComponent("trials", isDirectory: true) }
    /// What the sweep is, and how far its trials are.
    public var record: URL { url.appendingPathComponent("sweep.json") }
    /// A line per trial.
    public var table: URL { url.appendingPathComponent("sweep.csv") }
    /// The page.
    public var page: URL { url.appendingPathComponent("sweep.html") }

    /// The run folder of a trial.
    public func run(_ name: String) -> RunFolder {
        RunFolder(trials.appendingPathComponent(name, isDirectory: true))
    }

    /// Removes a sweep and the runs of its trials, and nothing else.
    ///
    /// - Parameter names: Its trials.
    package func clear(trials names: [String]) throws {
        for name in names {
            let run = run(name)
            guard try FileKind.of(run.url) == .folder else { continue }
            let lock = try FolderLock(run.url)
            try run.clear(sparing: [])
            for file in [run.experiment] where FileKind.mayExist(file) { try FileManager.default.removeItem(at: file) }
            lock.release()
            // Folders with other files stay.
            for folder in [run.bestWeights.deletingLastPathComponent(), run.url] { rmdir(folder.path) }
        }
        rmdir(trials.path)
        // The record goes last: as long as there is one, the rest of a sweep can be found.
        for file in [page, table, record] where FileKind.mayExist(file) {
            try FileManager.default.removeItem(at: file)
        }
    }
}
