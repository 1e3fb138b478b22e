import Dispatch
import Foundation
import Synchronization

/// The threads that a loop runs on.
enum Team {
    /// Calls `body(worker)` for each worker at once, and returns when all are done.
    ///
    /// - Parameter besideKernels: Whether to borrow the threads that oneDNN's kernels run on. OpenMP's threads wait for more work
    ///   with all their might: for some milliseconds after each kernel they hold their cores, and other threads would have to
    ///   share these. In a training step that is a gain; where no kernels run it is a loss, since then they wait for nothing.
    ///   Each thread that starts work has OpenMP threads of its own, so only the main one, which runs programs, gets them.
    static func run(_ workers: Int, besideKernels: Bool, _ body: (_ worker: Int) -> Void) {
        guard besideKernels, let parallel, Thread.isMainThread else {
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
