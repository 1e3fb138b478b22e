import Training

/// Someone who watches a job: the terminal, or a test.
public protocol RunProgress {
    /// Called in the order of events, on the thread that does the job.
    func report(_ event: RunEvent)
}

/// What happens in a job.
public enum RunEvent: Sendable {
    /// Training has something to say.
    case training(TrainingEvent)
    /// A part of the job has got so far.
    case working(String, finished: Int, count: Int)
    /// Something that is good to know.
    case note(String)
    /// Something that should be looked at.
    case warning(String)
}

/// Hands what training says on to whoever watches the job.
struct TrainingReporter: TrainingProgress {
    let progress: any RunProgress

    func report(_ event: TrainingEvent) { progress.report(.training(event)) }
}
