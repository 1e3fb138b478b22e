import Foundation
import Interruption
import Tensors

/// Prepares the batches of a run ahead of the network, on its own threads, and returns them in order.
///
/// Each thread takes the next step not yet taken, so the content of a batch does not depend on the number of threads. Threads pause while
/// enough batches are ready. If the system grants no thread, the caller's thread makes each batch when it is asked for.
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
    public convenience init(
        samples: SampleLoader, plan: BatchPlan, batches numbers: Range<Int>, threads: Int = 1, ahead: Int = 3
    ) {
        self.init(
            samples: samples, plan: plan, batches: numbers, threads: threads, ahead: ahead,
            startThread: BackgroundThread.start)
    }

    /// Starts the threads.
    ///
    /// - Parameter startThread: Starts a thread; false if the system grants no more.
    package init(
        samples: SampleLoader, plan: BatchPlan, batches numbers: Range<Int>, threads: Int, ahead: Int,
        startThread: (_ name: String, _ body: @escaping @Sendable () -> Void) -> Bool
    ) {
        let queue = BatchQueue(numbers: numbers, capacity: max(ahead, threads)) { number in
            Result { try samples.batch(number, plan: plan) }
        }
        self.queue = queue
        for number in 0..<max(1, threads) {
            queue.threadBegins()
            // Threads hold the queue, not the loader, so they end once the loader is released.
            let isStarted = startThread("pinpoint loader \(number)") {
                queue.makeBatches()
                queue.threadEnded()
            }
            if !isStarted {
                queue.threadEnded()
                break
            }
        }
    }

    /// Waits for the next batch and returns it; nil after the last.
    ///
    /// - Throws: ``TrainingError/noReadableImages(_:)``; ``Interrupted`` if the flag is raised while it waits.
    public func next(interrupt: InterruptFlag = .current) throws -> TrainingBatch? {
        try queue.next(interrupt)
    }

    /// The next batches, as many as there are up to `count`.
    func next(_ count: Int, interrupt: InterruptFlag) throws -> [TrainingBatch] {
        var batches: [TrainingBatch] = []
        while batches.count < count, let batch = try next(interrupt: interrupt) { batches.append(batch) }
        return batches
    }

    /// Ends the threads and waits until they are gone. Also happens when the loader goes away.
    public func stop() { queue.stop() }

    deinit { queue.stop() }
}

/// The queue between the threads that make batches and the thread that takes them.
private final class BatchQueue: @unchecked Sendable {
    private let condition = NSCondition()
    private let make: @Sendable (Int) -> Result<TrainingBatch, any Error>
    private var ready: [Int: Result<TrainingBatch, any Error>] = [:]
    private var nextToMake: Int
    private var nextToHandOut: Int
    private let end: Int
    private let capacity: Int
    private var runningThreads = 0
    private var isStopped = false

    init(numbers: Range<Int>, capacity: Int, make: @escaping @Sendable (Int) -> Result<TrainingBatch, any Error>) {
        self.make = make
        nextToMake = numbers.lowerBound
        nextToHandOut = numbers.lowerBound
        end = numbers.upperBound
        self.capacity = capacity
    }

    /// Makes batches until there is nothing left to do.
    func makeBatches() {
        while let number = takeNumber() { finish(number, make(number)) }
    }

    /// The next batch to make, once there is room for it; nil when there is nothing left to do.
    private func takeNumber() -> Int? {
        condition.withLock {
            while !isStopped && nextToMake < end && nextToMake >= nextToHandOut + capacity { condition.wait() }
            guard !isStopped, nextToMake < end else { return nil }
            nextToMake += 1
            return nextToMake - 1
        }
    }

    private func finish(_ number: Int, _ result: Result<TrainingBatch, any Error>) {
        condition.withLock {
            ready[number] = result
            condition.broadcast()
        }
    }

    func next(_ flag: InterruptFlag) throws -> TrainingBatch? {
        let result: Result<TrainingBatch, any Error>? = try condition.withLock {
            guard !isStopped, nextToHandOut < end else { return nil }
            while !isStopped && ready[nextToHandOut] == nil {
                try flag.check()
                // Nobody will make it: no thread could be started.
                if runningThreads == 0 { break }
                // A signal handler cannot wake a waiting thread, so the flag is looked at now and then.
                _ = condition.wait(until: Date(timeIntervalSinceNow: Self.patience))
            }
            if isStopped { return nil }
            let result: Result<TrainingBatch, any Error>
            if let made = ready.removeValue(forKey: nextToHandOut) {
                result = made
            } else {
                nextToMake = max(nextToMake, nextToHandOut + 1)
                result = make(nextToHandOut)
            }
            nextToHandOut += 1
            condition.broadcast()
            return result
        }
        return try result?.get()
    }

    /// The longest time in seconds until a waiting thread notices a request to stop.
    private static let patience = 0.1

    func threadBegins() { condition.withLock { runningThreads += 1 } }

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
