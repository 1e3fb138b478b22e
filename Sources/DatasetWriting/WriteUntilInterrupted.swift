import Datasets
import Foundation
import Interruption
import Synchronization
import Tensors

/// Writes the items `0..<count` of a data set on all cores. The first error ends it after the items that the cores are at, and so does a
/// request to stop.
///
/// - Parameter folder: Where the items go, for the error.
/// - Throws: The error of `write`; ``DatasetError/cannotWrite(path:reason:)`` if there was a request to stop.
package func writeUntilInterrupted(
    _ count: Int, to folder: URL, _ write: @Sendable (_ item: Int) throws(DatasetError) -> Void
) throws(DatasetError) {
    let failure = Mutex<DatasetError?>(nil)
    let flag = InterruptFlag.current
    Signals.whilePolling {
        Parallel.forEach(count) { item, _ in
            if failure.withLock({ $0 != nil }) { return }
            do throws(DatasetError) {
                if flag.isRaised {
                    throw .cannotWrite(
                        path: folder.relativePath, reason: "it was interrupted; the folder is incomplete")
                }
                try write(item)
            } catch { failure.withLock { $0 = error } }
        }
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
}
