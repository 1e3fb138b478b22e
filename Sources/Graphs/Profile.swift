/// The run time of one operation of a program.
public struct OperationTiming: Sendable {
    /// The phase of a pass to which an operation belongs.
    public enum Phase: String, Sendable {
        /// Converting parameters to the kernels' layouts, after each change.
        case preparation
        /// Computing values.
        case forward
        /// Computing gradients.
        case backward
    }

    /// The name of the node for which it ran.
    public let node: String
    /// The phase.
    public let phase: Phase
    /// The kernel's name in its library.
    public let kernel: String
    /// The run time in seconds.
    public let seconds: Double

    /// Creates a timing from its parts.
    public init(node: String, phase: Phase, kernel: String, seconds: Double) {
        self.node = node
        self.phase = phase
        self.kernel = kernel
        self.seconds = seconds
    }
}

/// A program that can report the run time of each operation.
public protocol ProfiledProgram: Program {
    /// Runs every operation once more, on the data of the last pass, and times each.
    func profile() throws -> [OperationTiming]
}
