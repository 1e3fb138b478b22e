import Foundation
import JSON
import Tensors
import Training

/// The log of a run, read from `log.jsonl`; a resumed run's log has all epochs.
package struct TrainingLog {
    /// One object per epoch.
    package let entries: [JSONValue]

    /// Reads the log; a missing log has no entries, and damaged lines are skipped.
    ///
    /// - Throws: ``FileError`` when there is a log that cannot be read.
    package init(of folder: RunFolder) throws(FileError) {
        let exists = try FileKind.of(folder.log) != nil
        let text = exists ? String(decoding: try FileContents(folder.log).bytes, as: UTF8.self) : ""
        entries = text.split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)) }
    }

    /// Returns the points of one number of the log over the epochs; epochs without it have none.
    package func points(_ key: String) -> [(Double, Double)] {
        entries.compactMap { entry in
            guard let epoch = try? entry.optional("epoch")?.number(), let value = try? entry.optional(key)?.number()
            else { return nil }
            return (epoch, value)
        }
    }
}
