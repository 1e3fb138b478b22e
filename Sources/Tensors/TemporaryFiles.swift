import Foundation
import Synchronization

/// The temporary files that are being written. A process that ends at once, for a signal or for want of memory, removes them: nothing else of
/// it runs then. ``removeAll()`` therefore does only what a signal handler may do.
package enum TemporaryFiles {
    /// A bit for each of ``paths``: whether it is taken, and whether it is written.
    private static let taken = Atomic<UInt64>(0)
    private static let written = Atomic<UInt64>(0)
    private static let pathSize = 4096
    /// 64 paths, each ending with a zero.
    nonisolated(unsafe) private static let paths = UnsafeMutablePointer<CChar>.allocate(capacity: 64 * pathSize)

    /// Notes a file that is about to be made.
    ///
    /// - Returns: Its number for ``forget(_:)``; nil if there are too many already, or its path is too long, so that it might stay.
    static func note(_ path: String) -> Int? {
        while true {
            let bits = taken.load(ordering: .relaxed)
            let slot = (~bits).trailingZeroBitCount
            if slot == UInt64.bitWidth { return nil }
            let exchanged = taken.compareExchange(
                expected: bits, desired: bits | 1 << UInt64(slot), ordering: .acquiringAndReleasing
            ).exchanged
            guard exchanged else { continue }
            let isCopied = path.withCString { text in
                let size = strlen(text) + 1
                if size <= pathSize { memcpy(paths + slot * pathSize, text, size) }
                return size <= pathSize
            }
            if !isCopied {
                taken.bitwiseAnd(~(1 << UInt64(slot)), ordering: .releasing)
                return nil
            }
            written.bitwiseOr(1 << UInt64(slot), ordering: .releasing)
            return slot
        }
    }

    /// Forgets a file that has its final name, or is removed.
    static func forget(_ slot: Int?) {
        guard let slot else { return }
        written.bitwiseAnd(~(1 << UInt64(slot)), ordering: .releasing)
        taken.bitwiseAnd(~(1 << UInt64(slot)), ordering: .releasing)
    }

    /// Removes all files. Called once before, it makes sure that nothing needs to be initialized then.
    package static func removeAll() {
        var bits = written.load(ordering: .acquiring)
        while bits != 0 {
            unlink(paths + bits.trailingZeroBitCount * pathSize)
            bits &= bits - 1
        }
    }
}
