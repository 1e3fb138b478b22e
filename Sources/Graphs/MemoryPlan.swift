import Tensors

/// The memory of a program: one buffer per value and, where gradients are wanted, one per gradient.
///
/// In inference, memory is reused as soon as its value has no readers left. With gradients every value stays, for the backward pass and the
/// inspector.
struct MemoryPlan {
    /// The value of every node, by node order.
    let values: [TensorView]
    /// The gradients with respect to every node's output; nil where not needed.
    let gradients: [TensorView?]
    /// The data that each node keeps for its backward pass.
    let saved: [TensorView]
    /// Scratch memory, shared by all nodes.
    let scratch: FloatBuffer
    /// Whether every value stays readable after a pass.
    let keepsValues: Bool
    private let owners: [FloatBuffer]

    /// - Parameters:
    ///   - wantsGradient: Whether each node's gradient is needed, by node order.
    ///   - taps: The number of gradients computed side by side.
    init(_ graph: Graph, shapes: [[Int]], mode: ProgramMode, wantsGradient: [Bool], taps: Taps) {
        keepsValues = mode.hasGradients
        let counts = shapes.map { $0.reduce(1, *) }
        let end = graph.nodes.count
        let plan = ArenaPlan(
            Self.lifetimes(graph).map { lifetime in mode.hasGradients ? 0...end : lifetime }
                .enumerated().map { .init(count: counts[$0], lifetime: $1) })
        let arena = FloatBuffer(count: plan.count)
        values = zip(plan.offsets, shapes).map { TensorView(arena, offset: $0, shape: $1) }

        var owners = [arena]
        var scratchCount = 0
        var saved: [TensorView] = []
        var gradients: [TensorView?] = []
        for (index, node) in graph.nodes.enumerated() {
            let inputs = node.inputs.map { shapes[$0.index] }
            let kept = FloatBuffer(count: node.operator?.savedCount(inputs: inputs, output: shapes[index]) ?? 0)
            scratchCount = max(scratchCount, node.operator?.scratchCount(inputs: inputs, output: shapes[index]) ?? 0)
            owners.append(kept)
            saved.append(TensorView(kept, shape: [kept.pointer.count]))
            let gradient = wantsGradient[index] ? FloatBuffer(count: taps.seedCount * counts[index]) : nil
            if let gradient { owners.append(gradient) }
            gradients.append(gradient.map { TensorView($0, shape: taps.gradientShape(shapes[index])) })
        }
        self.saved = saved
        self.gradients = gradients
        scratch = FloatBuffer(count: scratchCount)
        owners.append(scratch)
        self.owners = owners
    }

    /// Returns each value's lifetime: from the node that computes it (from the start for inputs) to the last node that reads it (to the end
    /// for results).
    private static func lifetimes(_ graph: Graph) -> [ClosedRange<Int>] {
        var lastUse = Array(graph.nodes.indices)
        for (index, node) in graph.nodes.enumerated() {
            for input in node.inputs { lastUse[input.index] = index }
        }
        for output in graph.outputs { lastUse[output.value.index] = graph.nodes.count }
        return graph.nodes.indices.map { (graph.nodes[$0].operator == nil ? 0 : $0)...lastUse[$0] }
    }
}
