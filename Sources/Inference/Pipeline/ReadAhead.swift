import Foundation
import Tensors

/// Reads numbered items before they are asked for, on a thread of its own, a limited number ahead.
///
/// Where there is no thread, or it has not come so far, whoever asks reads for himself: nobody ever waits for an item that nobody
/// reads.
final class ReadAhead<Item: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private let count: Int
    private let capacity: Int
    private let read: @Sendable (Int) -> Item
    private var items: [Int: Item] = [:]
    private var next = 0
    /// From ``next`` on: items that were asked for before the thread came to them.
    private var skipped: Set<Int> = []
    private var isRunning = false
    private var isStopped = false

    /// Begins to read the items from 0 on.
    ///
    /// - Parameter capacity: How many items may wait.
    init(count: Int, capacity: Int, read: @escaping @Sendable (Int) -> Item) {
        precondition(capacity >= 1, "\(capacity) items cannot wait to be taken")
        self.count = count
        self.capacity = capacity
        self.read = read
        // A single item is needed at once.
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

    /// An item, which is given away; each may be taken once, by any thread.
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

    /// Reads nothing more, and returns when the thread has ended.
    func stop() {
        condition.withLock {
            isStopped = true
            condition.broadcast()
            while isRunning { condition.wait() }
            items.removeAll()
        }
    }

    /// The next item for the thread, once there is room; nil when there is nothing left to read.
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
