import Foundation

/// Prepares the batches of a run ahead of the network, on threads of its own, and hands them out in order.
///
/// Each thread takes the next step that nobody has, so what a batch holds does not depend on how many threads there are.
/// They pause while enough batches wait.
///
/// One thread at ordinary priority is the default because it measured no worse than anything else. Second epochs of `compact` (256
/// pixels, batch 8, every image decoded anew) on two cores, in two runs each: images a second, and milliseconds that the 25
/// steps of the epoch waited in all.
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
    ///   - steps: The steps of the run, from 0, that are still to come.
    ///   - ahead: How many finished batches may wait.
    public init(samples: SampleLoader, plan: BatchPlan, steps: Range<Int>, threads: Int = 1, ahead: Int = 3) {
        let queue = BatchQueue(steps: steps, threads: max(1, threads), capacity: max(ahead, threads))
        self.queue = queue
        for number in 0..<max(1, threads) {
            // The threads hold the queue, not the loader: when nobody needs the loader any more, they end.
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

    /// The next batch, as soon as it is ready; nil after the last.
    ///
    /// - Throws: ``TrainingError/noReadableImages(_:)``.
    public func next() throws -> TrainingBatch? { try queue.next() }

    /// Ends the threads and waits until they are gone. Also happens when the loader goes away.
    public func stop() { queue.stop() }

    deinit { queue.stop() }
}

/// Batches between the threads that make them and the one that takes them.
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

    /// The next step to make, once there is room for it; nil when there is nothing left to do.
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
