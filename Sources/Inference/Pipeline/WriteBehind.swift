import Foundation
import Tensors

/// Writes items in the order in which they come, on a thread of its own, while a limited number waits.
///
/// Once an item cannot be written, none after it is.
final class WriteBehind<Item: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private let capacity: Int
    private let write: @Sendable (Item) throws -> Void
    private var waiting: [Item] = []
    private var failure: (any Error)?
    private var isRunning = false
    private var isClosed = false

    /// - Parameters:
    ///   - count: How many items will come; a single one is written where it comes from.
    ///   - capacity: How many items may wait.
    init(count: Int, capacity: Int, write: @escaping @Sendable (Item) throws -> Void) {
        precondition(capacity >= 1, "\(capacity) items cannot wait to be written")
        self.capacity = capacity
        self.write = write
        guard count > 1 else { return }
        isRunning = true
        let hasThread = BackgroundThread.start("pinpoint-writer") { [self] in
            while let item = next() { finish(Result { try write(item) }) }
            condition.withLock {
                isRunning = false
                condition.broadcast()
            }
        }
        if !hasThread { condition.withLock { isRunning = false } }
    }

    /// Takes an item, once there is room for it.
    ///
    /// - Throws: Why an earlier item could not be written, or this one where there is no thread.
    func append(_ item: Item) throws {
        let isTaken = try condition.withLock {
            while isRunning && failure == nil && waiting.count >= capacity { condition.wait() }
            if let failure { throw failure }
            guard isRunning else { return false }
            waiting.append(item)
            condition.broadcast()
            return true
        }
        if isTaken { return }
        do { try write(item) } catch {
            condition.withLock { failure = error }
            throw error
        }
    }

    /// Returns when everything is written and the thread has ended.
    ///
    /// - Throws: Why an item could not be written.
    func finish() throws {
        try condition.withLock {
            isClosed = true
            condition.broadcast()
            while isRunning { condition.wait() }
            if let failure { throw failure }
        }
    }

    /// The item to write now, which waits until it is written; nil when nothing more will come, or can be written.
    private func next() -> Item? {
        condition.withLock {
            while waiting.isEmpty && !isClosed && failure == nil { condition.wait() }
            return failure == nil ? waiting.first : nil
        }
    }

    private func finish(_ result: Result<Void, any Error>) {
        condition.withLock {
            waiting.removeFirst()
            if case .failure(let error) = result {
                failure = error
                waiting.removeAll()
            }
            condition.broadcast()
        }
    }
}
