import Foundation
import JSON
import Training

/// The log of a run, read from `log.jsonl`; a resumed run's log has all epochs.
struct TrainingLog {
    /// One object per epoch.
    let entries: [JSONValue]

    /// Reads the log; a missing log has no entries, and damaged lines are skipped.
    init(of folder: RunFolder) {
        let text = (try? String(contentsOf: folder.log, encoding: .utf8)) ?? ""
        entries = text.split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)) }
    }

    /// Returns the points of one number of the log over the epochs; epochs without it have none.
    func points(_ key: String) -> [(Double, Double)] {
        entries.compactMap { entry in
            guard let epoch = try? entry.optional("epoch")?.number(), let value = try? entry.optional(key)?.number()
            else { return nil }
            return (epoch, value)
        }
    }
}
