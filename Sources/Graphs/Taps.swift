/// What a program for inspection shows beside its outputs.
///
/// Only what is tapped is kept: everything else makes room as in training, normalizations may be folded into convolutions, and
/// the backward pass runs no deeper than the deepest tap.
public struct Taps: Hashable, Sendable {
    /// The nodes (or inputs) whose value and gradient are asked for; nil for all of them.
    public var names: Set<String>?

    /// How many gradients one backward pass carries side by side for each forward pass.
    ///
    /// A forward pass of a batch is followed by backward passes of `seedCount` batches at once: gradients are
    /// `[seed · batch, …]`, all items of the first seed first. That is how the detections of one image are explained together.
    public var seedCount: Int

    /// Taps by name.
    public init(_ names: Set<String>?, seedCount: Int = 1) {
        precondition(seedCount > 0, "\(seedCount) gradients side by side")
        self.names = names
        self.seedCount = seedCount
    }

    /// Every node, one gradient at a time.
    public static let everything = Taps(nil)

    /// Whether a node is tapped.
    public func contains(_ name: String) -> Bool { names?.contains(name) ?? true }

    /// The shape of the gradients with respect to a value: one after the other along its first axis; several numbers where the value
    /// is a single one.
    public func gradientShape(_ shape: [Int]) -> [Int] {
        guard let batch = shape.first else { return seedCount == 1 ? [] : [seedCount] }
        return [seedCount * batch] + shape.dropFirst()
    }
}

extension Graph {
    /// Which nodes a backward pass computes the gradient of, by node order.
    ///
    /// - Throws: ``GraphError/unknownNode(_:nearest:)`` for a tap that is no node.
    public func nodesWithGradient(_ mode: ProgramMode, taps: Taps) throws(GraphError) -> [Bool] {
        precondition(mode == .inspection || taps == .everything, "only inspection has taps, not \(mode.rawValue)")
        switch mode {
        case .inference: return nodes.map { _ in false }
        case .training:
            // What neither an input nor anything learned reaches is constant, or as good as that where it is frozen.
            var wanted: [Bool] = []
            for node in nodes {
                let learns = node.operator.map { $0.parameters.contains { $0.role != .statistic } }
                let isWanted = learns.map { learns in learns || node.inputs.contains { wanted[$0.index] } }
                wanted.append(node.wantsGradientInTraining && isWanted ?? true)
            }
            return wanted
        case .inspection:
            for name in (taps.names ?? []).sorted() { _ = try index(of: name) }
            // On the way from an output to a tap lie the nodes that have a tap above them.
            var wanted: [Bool] = []
            for node in nodes { wanted.append(taps.contains(node.name) || node.inputs.contains { wanted[$0.index] }) }
            return wanted
        }
    }
}
