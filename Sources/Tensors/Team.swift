import ThreadTeam

/// The threads that loops and kernels run on.
enum Team {
    /// Calls `body(worker)` for all workers at once and returns when all are done; calls it once, for worker 0, where the threads are busy
    /// or the caller is one of them.
    static func run(_ workers: Int, _ body: (_ worker: Int) -> Void) {
        withoutActuallyEscaping(body) { body in
            let job = Job(body)
            let hasRun = thread_team_try_run(
                Int32(clamping: workers),
                { Unmanaged<Job>.fromOpaque($0!).takeUnretainedValue().body(Int(thread_team_member())) },
                Unmanaged.passUnretained(job).toOpaque())
            if hasRun == 0 { body(0) }
            withExtendedLifetime(job) {}
        }
    }

    private final class Job {
        let body: (Int) -> Void

        init(_ body: @escaping (Int) -> Void) { self.body = body }
    }
}
