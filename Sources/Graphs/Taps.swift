/// The values and gradients that a program for inspection keeps besides the outputs.
///
/// Only tapped nodes are kept: the memory of all others is reused as in training, normalizations may be folded into convolutions, and the
/// backward pass stops at the deepest tap.
public struct Taps: Hashable, Sendable {
    /// The nodes (or inputs) whose value and gradient are kept; nil for all of them.
    public var names: Set<String>?

    /// The number of gradients that one backward pass computes side by side for each forward pass.
    ///
    /// A forward pass of a batch is followed by backward passes of `seedCount` batches at once: gradients are `[seed · batch, …]`, all
    /// items of the first seed first. This is how several detections of one image are explained in one pass.
    public var seedCount: Int

    /// Creates taps by name.
    public init(_ names: Set<String>?, seedCount: Int = 1) {
        precondition(seedCount > 0, "the number of gradients per pass must be positive, not \(seedCount)")
        self.names = names
        self.seedCount = seedCount
    }

    /// All nodes, one gradient at a time.
    public static let everything = Taps(nil)

    /// Returns whether a node is tapped.
    public func contains(_ name: String) -> Bool { names?.contains(name) ?? true }

    /// Returns the shape of the gradients with respect to a value: concatenated along its first axis, or a list of numbers if the value is
    /// a scalar.
    public func gradientShape(_ shape: [Int]) -> [Int] {
        guard let batch = shape.first else { return seedCount == 1 ? [] : [seedCount] }
        return [seedCount * batch] + shape.dropFirst()
    }
}

extension Graph {
    /// Returns the nodes whose gradient a backward pass computes, by node order.
    ///
    /// - Throws: ``GraphError/unknownNode(_:nearest:)`` for a tap that names no node.
    public func nodesWithGradient(_ mode: ProgramMode, taps: Taps) throws(GraphError) -> [Bool] {
        precondition(mode == .inspection || taps == .everything, "only inspection has taps, not \(mode.rawValue)")
        switch mode {
        case .inference: return nodes.map { _ in false }
        case .training:
            // Values that depend neither on an input nor on a learned parameter are constant, or frozen, which is equivalent here.
            var wanted: [Bool] = []
            for node in nodes {
                let learns = node.operator.map { $0.parameters.contains { $0.role != .statistic } }
                let isWanted = learns.map { learns in learns || node.inputs.contains { wanted[$0.index] } }
                wanted.append(node.needsGradientInTraining && isWanted ?? true)
            }
            return wanted
        case .inspection:
            for name in (taps.names ?? []).sorted() { _ = try index(of: name) }
            // A node lies between an output and a tap if it is tapped or depends on a tap.
            var wanted: [Bool] = []
            for node in nodes { wanted.append(taps.contains(node.name) || node.inputs.contains { wanted[$0.index] }) }
            return wanted
        }
    }
}
