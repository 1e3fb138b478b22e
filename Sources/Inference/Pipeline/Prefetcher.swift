import Foundation
import Tensors

/// Reads items before they are needed, on its own thread, a limited number ahead.
///
/// If the thread could not be started or has not reached an item, the caller reads the item itself, so it never waits for an item that no
/// thread is reading.
final class Prefetcher<Item: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private let count: Int
    private let capacity: Int
    private let read: @Sendable (Int) -> Item
    private var items: [Int: Item] = [:]
    private var next = 0
    /// Items from ``next`` on that were taken before the thread reached them.
    private var skipped: Set<Int> = []
    private var isRunning = false
    private var isStopped = false

    /// Starts to read the items from 0 on.
    ///
    /// - Parameter capacity: The maximum number of items read ahead.
    init(count: Int, capacity: Int, read: @escaping @Sendable (Int) -> Item) {
        precondition(capacity >= 1, "\(capacity) items cannot wait to be taken")
        self.count = count
        self.capacity = capacity
        self.read = read
        // A single item is needed immediately.
        guard count > 1 else { return }
        isRunning = true
        let hasThread = BackgroundThread.start("pinpoint-reader") { [self] in
            while let index = claim() { finish(index, read(index)) }
            condition.withLock {
                isRunning = false
                condition.broadcast()
            }
        }
        if !hasThread { condition.withLock { isRunning = false } }
    }

    /// Returns an item and drops it; each item may be taken once, by any thread.
    func take(_ index: Int) -> Item {
        let item: Item? = condition.withLock {
            if index >= next {
                skipped.insert(index)
                return nil
            }
            while items[index] == nil { condition.wait() }
            let item = items.removeValue(forKey: index)
            condition.broadcast()
            return item
        }
        return item ?? read(index)
    }

    /// Stops reading and waits until the thread has ended.
    func stop() {
        condition.withLock {
            isStopped = true
            condition.broadcast()
            while isRunning { condition.wait() }
            items.removeAll()
        }
    }

    /// Waits for room and returns the thread's next item; nil when nothing is left to read.
    private func claim() -> Int? {
        condition.withLock {
            while !isStopped && items.count >= capacity { condition.wait() }
            while skipped.remove(next) != nil { next += 1 }
            guard !isStopped, next < count else { return nil }
            next += 1
            return next - 1
        }
    }

    private func finish(_ index: Int, _ item: Item) {
        condition.withLock {
            items[index] = item
            condition.broadcast()
        }
    }
}
