import Training

/// A receiver of a job's events: the terminal, or a test.
public protocol RunProgress {
    /// Receives an event; called in order, on the job's thread.
    func report(_ event: RunEvent)
}

/// An event of a job.
public enum RunEvent: Sendable {
    /// An event of training.
    case training(TrainingEvent)
    /// The progress of a part of the job.
    case working(String, finished: Int, count: Int)
    /// Information for the user.
    case note(String)
    /// A warning for the user.
    case warning(String)
}

/// Forwards training events to the job's progress.
struct TrainingReporter: TrainingProgress {
    let progress: any RunProgress

    func report(_ event: TrainingEvent) { progress.report(.training(event)) }
}
