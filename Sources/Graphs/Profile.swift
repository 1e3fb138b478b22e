/// How long one operation of a program took.
public struct OperationTiming: Sendable {
    /// The part of a pass that it belongs to.
    public enum Phase: String, Sendable {
        /// Parameters brought into the kernels' layouts, after each change.
        case preparation
        /// Values.
        case forward
        /// Gradients.
        case backward
    }

    /// The name of the node on whose behalf it ran.
    public let node: String
    /// When it ran.
    public let phase: Phase
    /// The kernel, by its library's name.
    public let kernel: String
    /// How long it took.
    public let seconds: Double

    /// A timing from its parts.
    public init(node: String, phase: Phase, kernel: String, seconds: Double) {
        self.node = node
        self.phase = phase
        self.kernel = kernel
        self.seconds = seconds
    }
}

/// A program that can say where its time goes.
public protocol ProfiledProgram: Program {
    /// Runs every operation once more, on what the last pass left, and times each.
    func profile() throws -> [OperationTiming]
}
