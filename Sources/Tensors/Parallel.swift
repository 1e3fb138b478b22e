import Foundation
import Synchronization

/// Loops over independent items, spread over the cores.
///
/// What an item computes must not depend on which worker runs it or on how many there are; then the result is the same,
/// bit for bit, on any number of cores. Nor may two items write to the same place: the compiler does not check that.
public enum Parallel {
    /// How many workers a loop uses; ``Threads`` says so. What plans memory for each worker is compiled and run with one number of them.
    public static var workerCount: Int { number(aside: workersKey) ?? Threads.count }

    /// Runs `body(item, worker)` once for each item in `0..<count`; `worker` is below `workerCount` and never in two
    /// calls at once, so it can choose scratch memory.
    ///
    /// Within another loop, and while the threads have another thread's work, the calling thread does it all.
    public static func forEach(_ count: Int, _ body: (_ item: Int, _ worker: Int) -> Void) {
        let workers = isAlone ? 1 : min(workerCount, count)
        if workers <= 1 {
            for item in 0..<count { body(item, 0) }
            return
        }
        // Kernels capture raw pointers, which no checker can vouch for; that no two items write to the same place is the
        // callers' part, stated above.
        nonisolated(unsafe) let body = body
        withUnsafeTemporaryAllocation(of: Atomic<Int>.self, capacity: workers * counterStride) { counters in
            for worker in 0..<workers {
                (counters.baseAddress! + worker * counterStride).initialize(to: Atomic(count * worker / workers))
            }
            nonisolated(unsafe) let counters = counters
            Team.run(workers) { worker in
                // Its own share first, whose maps its core's cache has from the loop before, and then what others have left.
                for step in 0..<workers {
                    let owner = (worker + step) % workers
                    let end = count * (owner + 1) / workers
                    while true {
                        let item = counters[owner * counterStride].wrappingAdd(1, ordering: .relaxed).oldValue
                        if item >= end { break }
                        body(item, worker)
                    }
                }
            }
        }
    }

    /// From one worker's counter to the next: two cores that write to one line of their caches wait for each other.
    private static let counterStride = 64 / MemoryLayout<Int>.size

    /// Runs `body` with all loops in it on this thread alone: for items of a loop that keeps all cores busy already.
    public static func alone<Result>(_ body: () throws -> Result) rethrows -> Result {
        try holding(1, aside: aloneKey, body)
    }

    /// Runs `body` with so many workers in each loop that this thread starts: for showing that results do not depend on it, while
    /// other threads have theirs.
    package static func withWorkers<Result>(_ count: Int, _ body: () throws -> Result) rethrows -> Result {
        try holding(count, aside: workersKey, body)
    }

    private static var isAlone: Bool { number(aside: aloneKey) != nil }

    /// What a thread knows of itself: that it works alone; how many workers its loops have.
    private static let (aloneKey, workersKey) = (makeKey(), makeKey())

    private static func makeKey() -> pthread_key_t {
        var key = pthread_key_t()
        precondition(pthread_key_create(&key, nil) == 0, "no key is left for what threads know of themselves")
        return key
    }

    private static func number(aside key: pthread_key_t) -> Int? {
        pthread_getspecific(key).map { Int(bitPattern: $0) }
    }

    private static func holding<Result>(
        _ number: Int, aside key: pthread_key_t, _ body: () throws -> Result
    ) rethrows -> Result {
        let before = pthread_getspecific(key)
        pthread_setspecific(key, UnsafeRawPointer(bitPattern: number))
        defer { pthread_setspecific(key, before) }
        return try body()
    }

    /// Splits `0..<count` into contiguous ranges of at least `grain` elements and runs `body` once for each.
    public static func forRanges(_ count: Int, grain: Int = 1 << 15, _ body: (Range<Int>) -> Void) {
        let parts = max(1, min(workerCount * 4, count / max(1, grain)))
        forEach(parts) { part, _ in body(count * part / parts..<count * (part + 1) / parts) }
    }
}
