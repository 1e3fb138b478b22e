import Foundation
import Tensors

/// Writes items in order, on its own thread, with a limited number waiting.
///
/// After an item that cannot be written, no further items are written.
final class BackgroundWriter<Item: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private let capacity: Int
    private let write: @Sendable (Item) throws -> Void
    private var waiting: [Item] = []
    private var failure: (any Error)?
    private var isRunning = false
    private var isClosed = false

    /// - Parameters:
    ///   - count: The number of items; a single one is written by the caller.
    ///   - capacity: The maximum number of waiting items.
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

    /// Appends an item, waiting for room.
    ///
    /// - Throws: The error of writing an earlier item, or of this one if there is no thread.
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

    /// Waits until everything is written and the thread has ended.
    ///
    /// - Throws: The error of writing an item.
    func finish() throws {
        try condition.withLock {
            isClosed = true
            condition.broadcast()
            while isRunning { condition.wait() }
            if let failure { throw failure }
        }
    }

    /// Returns the next item to write, which stays in the queue until it is written; nil when there will be no more, or after an error.
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
