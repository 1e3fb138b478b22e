import Dispatch
import Foundation
import Synchronization

/// The threads that a loop runs on.
///
/// OpenMP's threads, which oneDNN's kernels run on, wait for more work with all their might: for some milliseconds after each
/// kernel they hold their cores. On other threads, loops between kernels would have to share the cores with them. So
/// the main thread's loops, which is where training and prediction run, borrow OpenMP's; those of other threads, which
/// would each get a set of their own, use Dispatch's.
enum Team {
    /// Calls `body(worker)` for each worker at once, and returns when all are done.
    static func run(_ workers: Int, _ body: (_ worker: Int) -> Void) {
        guard let parallel, Thread.isMainThread else {
            nonisolated(unsafe) let body = body
            DispatchQueue.concurrentPerform(iterations: workers) { body($0) }
            return
        }
        withoutActuallyEscaping(body) { body in
            let job = Job(body)
            parallel(
                { Unmanaged<Job>.fromOpaque($0).takeUnretainedValue().work() },
                Unmanaged.passUnretained(job).toOpaque(), UInt32(workers), 0)
            withExtendedLifetime(job) {}
        }
    }

    private final class Job {
        private let body: (Int) -> Void
        private let started = Atomic<Int>(0)

        init(_ body: @escaping (Int) -> Void) { self.body = body }

        func work() { body(started.wrappingAdd(1, ordering: .relaxed).oldValue) }
    }

    /// GNU OpenMP's entry for a parallel region; it comes with oneDNN, and only when that was built with it.
    private static let parallel: Parallel? = dlsym(nil, "GOMP_parallel").map { unsafeBitCast($0, to: Parallel.self) }

    private typealias Parallel =
        @convention(c) (
            @convention(c) (UnsafeMutableRawPointer) -> Void, UnsafeMutableRawPointer, UInt32, UInt32
        ) -> Void
}
