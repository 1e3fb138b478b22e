/// What a job reports while it works: to the terminal, or to a test.
public enum JobEvent: Sendable {
    /// The progress of a part of the job.
    case working(String, finished: Int, count: Int)
    /// Information for the user.
    case note(String)
    /// A warning for the user.
    case warning(String)
}
