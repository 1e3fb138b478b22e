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
    /// - Parameter besideKernels: Whether kernels run just before and after, whose threads the loop then shares.
    public static func forEach(
        _ count: Int, besideKernels: Bool = false, _ body: (_ item: Int, _ worker: Int) -> Void
    ) {
        let workers = min(workerCount, count)
        if workers <= 1 {
            for item in 0..<count { body(item, 0) }
            return
        }
        let next = Atomic<Int>(0)
        // Kernels capture raw pointers, which no checker can vouch for; that no two items write to the same place is the
        // callers' part, stated above.
        nonisolated(unsafe) let body = body
        let besideKernels = besideKernels || runningKernels.load(ordering: .relaxed) > 0
        Team.run(workers, besideKernels: besideKernels) { worker in
            while true {
                let item = next.wrappingAdd(1, ordering: .relaxed).oldValue
                if item >= count { return }
                body(item, worker)
            }
        }
    }

    /// Runs `body` with all loops in it sharing the threads of kernels, which run before and after them.
    public static func besideKernels<Result>(_ body: () throws -> Result) rethrows -> Result {
        runningKernels.wrappingAdd(1, ordering: .relaxed)
        defer { runningKernels.wrappingSubtract(1, ordering: .relaxed) }
        return try body()
    }

    /// Only the thread that runs programs heeds it: see ``Team``.
    private static let runningKernels = Atomic<Int>(0)

    /// Splits `0..<count` into contiguous ranges of at least `grain` elements and runs `body` once for each.
    public static func forRanges(_ count: Int, grain: Int = 1 << 15, _ body: (Range<Int>) -> Void) {
        let parts = max(1, min(workerCount * 4, count / max(1, grain)))
        forEach(parts) { part, _ in body(count * part / parts..<count * (part + 1) / parts) }
    }
}
