/// The passes of a program so far, which decide whether gradients can be computed or read.
package struct PassOrder: Sendable {
    private let mode: ProgramMode
    private var hasRunForward = false
    private var hasRunBackward = false

    package init(_ mode: ProgramMode) { self.mode = mode }

    package mutating func finishForward() { (hasRunForward, hasRunBackward) = (true, false) }

    package mutating func finishBackward() { hasRunBackward = true }

    /// - Throws: ``GraphError/noGradients(_:)`` unless a backward pass may follow.
    package func requireForward() throws(GraphError) {
        guard mode.hasGradients else { throw .noGradients("a program compiled for inference has no gradients") }
        guard hasRunForward else { throw .noGradients("a backward pass requires a forward pass") }
        if mode == .training && hasRunBackward {
            throw .noGradients("in training each backward pass requires its own forward pass")
        }
    }

    /// - Throws: ``GraphError/noGradients(_:)`` unless there are gradients.
    package func requireBackward() throws(GraphError) {
        guard hasRunBackward else { throw .noGradients("there has been no backward pass yet") }
    }
}
