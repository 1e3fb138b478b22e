import Foundation

/// Prepares the batches of a run ahead of the network, on its own threads, and returns them in order.
///
/// Each thread takes the next step not yet taken, so the content of a batch does not depend on the number of threads. Threads pause while
/// enough batches are ready.
///
/// The default is one thread at ordinary priority, because nothing measured better. Measured on the second epoch of `compact` (256 pixels,
/// batch 8, every image decoded again) on two cores, two runs each: images per second, and the total milliseconds that the 25 steps of the
/// epoch waited.
///
///     one thread        50.6, 50.8     1, 22
///       nice 10         50.5, 51.5     1, 1
///       nice 19         48.5, 49.8   114, 117
///       SCHED_BATCH     49.9, 49.9     1, 1
///       SCHED_IDLE      47.3, 48.5   114, 112
///     two threads       49.5, 48.0    52, 66
public final class BatchLoader {
    private let queue: BatchQueue

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - numbers: The batches of the run, from 0, that are still to come.
    ///   - ahead: How many finished batches may wait.
    public init(
        samples: SampleLoader, plan: BatchPlan, batches numbers: Range<Int>, threads: Int = 1, ahead: Int = 3
    ) {
        let queue = BatchQueue(numbers: numbers, threads: max(1, threads), capacity: max(ahead, threads))
        self.queue = queue
        for number in 0..<max(1, threads) {
            // Threads hold the queue, not the loader, so they end once the loader is released.
            let thread = Thread {
                while let number = queue.takeNumber() {
                    queue.finish(number, Result { try samples.batch(number, plan: plan) })
                }
                queue.threadEnded()
            }
            thread.name = "pinpoint loader \(number)"
            thread.start()
        }
    }

    /// Waits for the next batch and returns it; nil after the last.
    ///
    /// - Throws: ``TrainingError/noReadableImages(_:)``.
    public func next() throws -> TrainingBatch? { try queue.next() }

    /// The next batches, as many as there are up to `count`.
    func next(_ count: Int) throws -> [TrainingBatch] {
        var batches: [TrainingBatch] = []
        while batches.count < count, let batch = try next() { batches.append(batch) }
        return batches
    }

    /// Ends the threads and waits until they are gone. Also happens when the loader goes away.
    public func stop() { queue.stop() }

    deinit { queue.stop() }
}

/// The queue between the threads that make batches and the thread that takes them.
private final class BatchQueue: @unchecked Sendable {
    private let condition = NSCondition()
    private var ready: [Int: Result<TrainingBatch, any Error>] = [:]
    private var nextToMake: Int
    private var nextToHandOut: Int
    private let end: Int
    private let capacity: Int
    private var runningThreads: Int
    private var isStopped = false

    init(numbers: Range<Int>, threads: Int, capacity: Int) {
        nextToMake = numbers.lowerBound
        nextToHandOut = numbers.lowerBound
        end = numbers.upperBound
        self.capacity = capacity
        runningThreads = threads
    }

    /// The next batch to make, once there is room for it; nil when there is nothing left to do.
    func takeNumber() -> Int? {
        condition.withLock {
            while !isStopped && nextToMake < end && nextToMake >= nextToHandOut + capacity { condition.wait() }
            guard !isStopped, nextToMake < end else { return nil }
            nextToMake += 1
            return nextToMake - 1
        }
    }

    func finish(_ number: Int, _ result: Result<TrainingBatch, any Error>) {
        condition.withLock {
            ready[number] = result
            condition.broadcast()
        }
    }

    func next() throws -> TrainingBatch? {
        let result: Result<TrainingBatch, any Error>? = condition.withLock {
            guard nextToHandOut < end else { return nil }
            while !isStopped && ready[nextToHandOut] == nil { condition.wait() }
            guard let result = ready.removeValue(forKey: nextToHandOut) else { return nil }
            nextToHandOut += 1
            condition.broadcast()
            return result
        }
        return try result?.get()
    }

    func threadEnded() {
        condition.withLock {
            runningThreads -= 1
            condition.broadcast()
        }
    }

    func stop() {
        condition.withLock {
            isStopped = true
            condition.broadcast()
            while runningThreads > 0 { condition.wait() }
            ready.removeAll()
        }
    }
}
