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
    ///   - steps: The remaining steps of the run, counted from 0.
    ///   - ahead: The maximum number of finished batches that wait.
    public init(samples: SampleLoader, plan: BatchPlan, steps: Range<Int>, threads: Int = 1, ahead: Int = 3) {
        let queue = BatchQueue(steps: steps, threads: max(1, threads), capacity: max(ahead, threads))
        self.queue = queue
        for number in 0..<max(1, threads) {
            // Threads hold the queue, not the loader, so they end once the loader is released.
            let thread = Thread {
                while let step = queue.takeStep() {
                    queue.finish(step, Result { try samples.batch(step: step, plan: plan) })
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

    /// Stops the threads and waits until they have ended. The deinitializer does the same.
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

    init(steps: Range<Int>, threads: Int, capacity: Int) {
        nextToMake = steps.lowerBound
        nextToHandOut = steps.lowerBound
        end = steps.upperBound
        self.capacity = capacity
        runningThreads = threads
    }

    /// Waits until there is room for another batch and returns the next step to make; nil when none is left.
    func takeStep() -> Int? {
        condition.withLock {
            while !isStopped && nextToMake < end && nextToMake >= nextToHandOut + capacity { condition.wait() }
            guard !isStopped, nextToMake < end else { return nil }
            nextToMake += 1
            return nextToMake - 1
        }
    }

    func finish(_ step: Int, _ result: Result<TrainingBatch, any Error>) {
        condition.withLock {
            ready[step] = result
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
