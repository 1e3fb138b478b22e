/// What a run does where its folder may have a run already.
public enum RunStart: Sendable {
    /// Starts from the beginning; refused where a run would be lost.
    case fresh
    /// Continues from the last checkpoint, bit for bit with the same number of threads. Without any run, it starts from the beginning.
    case resuming
    /// Starts from the beginning, and removes what an earlier run left.
    case replacing
}
