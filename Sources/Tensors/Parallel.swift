import Foundation
import Synchronization

/// Loops over independent items, spread over the cores.
///
/// What an item computes must not depend on which worker runs it or on how many there are; then the result is the same,
/// bit for bit, on any number of cores. Nor may two items write to the same place: the compiler does not check that.
public enum Parallel {
    /// How many workers a loop uses; ``Threads`` says so.
    public static var workerCount: Int { Threads.count }

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
        let next = Atomic<Int>(0)
        // Kernels capture raw pointers, which no checker can vouch for; that no two items write to the same place is the
        // callers' part, stated above.
        nonisolated(unsafe) let body = body
        Team.run(workers) { worker in
            while true {
                let item = next.wrappingAdd(1, ordering: .relaxed).oldValue
                if item >= count { return }
                body(item, worker)
            }
        }
    }

    /// Runs `body` with all loops in it on this thread alone: for items of a loop that keeps all cores busy already.
    public static func alone<Result>(_ body: () throws -> Result) rethrows -> Result {
        let before = pthread_getspecific(aloneKey)
        pthread_setspecific(aloneKey, UnsafeRawPointer(bitPattern: 1))
        defer { pthread_setspecific(aloneKey, before) }
        return try body()
    }

    private static var isAlone: Bool { pthread_getspecific(aloneKey) != nil }

    /// A thread that works alone holds something here.
    private static let aloneKey: pthread_key_t = {
        var key = pthread_key_t()
        precondition(pthread_key_create(&key, nil) == 0, "no key is left for what threads know of themselves")
        return key
    }()

    /// Splits `0..<count` into contiguous ranges of at least `grain` elements and runs `body` once for each.
    public static func forRanges(_ count: Int, grain: Int = 1 << 15, _ body: (Range<Int>) -> Void) {
        let parts = max(1, min(workerCount * 4, count / max(1, grain)))
        forEach(parts) { part, _ in body(count * part / parts..<count * (part + 1) / parts) }
    }
}
