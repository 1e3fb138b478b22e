import Foundation
import Synchronization

/// Loops over independent items, distributed over the cores.
///
/// What an item computes must not depend on which worker runs it or on how many there are; then the result is bitwise the same on any
/// number of cores. No two items may write to the same memory; the compiler does not check that.
public enum Parallel {
    /// The number of workers of a loop, see ``Threads``. Anything that plans memory per worker must be compiled and run with the same
    /// number.
    public static var workerCount: Int { number(aside: workersKey) ?? Threads.count }

    /// Runs `body(item, worker)` once for each item in `0..<count`. `worker` is below `workerCount` and never used by two calls at once, so
    /// it can select scratch memory.
    ///
    /// Inside another loop, and while the threads work for another caller, the calling thread runs all items.
    public static func forEach(_ count: Int, _ body: (_ item: Int, _ worker: Int) -> Void) {
        let workers = isAlone ? 1 : min(workerCount, count)
        if workers <= 1 {
            for item in 0..<count { body(item, 0) }
            return
        }
        // Kernels capture raw pointers, which the compiler cannot check; the callers guarantee that no two items write to the same memory,
        // as stated above.
        nonisolated(unsafe) let body = body
        withUnsafeTemporaryAllocation(of: Atomic<Int>.self, capacity: workers * counterStride) { counters in
            for worker in 0..<workers {
                (counters.baseAddress! + worker * counterStride).initialize(to: Atomic(count * worker / workers))
            }
            nonisolated(unsafe) let counters = counters
            Team.run(workers) { worker in
                // First the worker's own share, whose data its core has in cache from the loop before, then what others have left.
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

    /// The distance between the counters of two workers: cores that write to the same cache line slow each other down.
    private static let counterStride = 64 / MemoryLayout<Int>.size

    /// Runs `body` with all loops inside it on this thread only, for items of a loop that keeps all cores busy already.
    public static func alone<Result>(_ body: () throws -> Result) rethrows -> Result {
        try holding(1, aside: aloneKey, body)
    }

    /// Runs `body` with `count` workers in each loop that this thread starts; other threads are not affected. For showing that results do
    /// not depend on the number.
    package static func withWorkers<Result>(_ count: Int, _ body: () throws -> Result) rethrows -> Result {
        try holding(count, aside: workersKey, body)
    }

    private static var isAlone: Bool { number(aside: aloneKey) != nil }

    /// Thread-local settings: whether the thread works alone, and how many workers its loops have.
    private static let (aloneKey, workersKey) = (makeKey(), makeKey())

    private static func makeKey() -> pthread_key_t {
        var key = pthread_key_t()
        precondition(pthread_key_create(&key, nil) == 0, "no key is left for thread-local settings")
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

    /// Splits `0..<count` into contiguous ranges of at least `grain` elements and runs `body` once for each range.
    public static func forRanges(_ count: Int, grain: Int = 1 << 15, _ body: (Range<Int>) -> Void) {
        let parts = max(1, min(workerCount * 4, count / max(1, grain)))
        forEach(parts) { part, _ in body(count * part / parts..<count * (part + 1) / parts) }
    }
}
