import Tensors

/// Where a program keeps what: one place a value, and, where gradients are wanted, one place for each of them.
///
/// In inference a place is used again as soon as nobody reads it any more. With gradients every value stays: the backward
/// pass and the inspector read them.
struct MemoryPlan {
    /// The value of every node, by node order.
    let values: [TensorView]
    /// The gradient with respect to every node's output; nil in inference, and for inputs in training.
    let gradients: [TensorView?]
    /// What each node keeps for its backward pass.
    let saved: [TensorView]
    /// Scratch memory, shared by all nodes.
    let scratch: FloatBuffer
    /// Whether every value stays readable after a pass.
    let keepsValues: Bool
    private let owners: [FloatBuffer]

    init(_ graph: Graph, shapes: [[Int]], mode: ProgramMode) {
        keepsValues = mode.hasGradients
        let counts = shapes.map { $0.reduce(1, *) }
        let places = mode.hasGradients ? Array(counts.indices) : Self.sharedPlaces(graph, counts: counts)
        var sizes = [Int](repeating: 0, count: (places.max() ?? -1) + 1)
        for (index, place) in places.enumerated() { sizes[place] = max(sizes[place], counts[index]) }
        let valueBuffers = sizes.map { FloatBuffer(count: $0) }
        values = zip(places, shapes).map { TensorView(valueBuffers[$0], shape: $1) }

        var owners = valueBuffers
        var scratchCount = 0
        var saved: [TensorView] = []
        var gradients: [TensorView?] = []
        for (index, node) in graph.nodes.enumerated() {
            let inputs = node.inputs.map { shapes[$0.index] }
            let kept = FloatBuffer(count: node.operator?.savedCount(inputs: inputs, output: shapes[index]) ?? 0)
            scratchCount = max(scratchCount, node.operator?.scratchCount(inputs: inputs, output: shapes[index]) ?? 0)
            owners.append(kept)
            saved.append(TensorView(kept, shape: [kept.pointer.count]))
            let wanted = mode == .inspection || (mode == .training && node.wantsGradientInTraining)
            let gradient = wanted ? FloatBuffer(count: counts[index]) : nil
            if let gradient { owners.append(gradient) }
            gradients.append(gradient.map { TensorView($0, shape: shapes[index]) })
        }
        self.saved = saved
        self.gradients = gradients
        scratch = FloatBuffer(count: scratchCount)
        owners.append(scratch)
        self.owners = owners
    }

    /// A place for each value such that no two values that live at once share one; results of the graph live to the end.
    private static func sharedPlaces(_ graph: Graph, counts: [Int]) -> [Int] {
        var lastUse = Array(graph.nodes.indices)
        for (index, node) in graph.nodes.enumerated() {
            for input in node.inputs { lastUse[input.index] = index }
        }
        for output in graph.outputs { lastUse[output.value.index] = graph.nodes.count }
        // Inputs are written before anything runs, so their places are taken from the start.
        for (index, node) in graph.nodes.enumerated() where node.operator == nil {
            lastUse[index] = max(lastUse[index], index)
        }
        var places = [Int](repeating: -1, count: graph.nodes.count)
        var sizes: [Int] = []
        var free: [Int] = []
        func take(_ index: Int) {
            // The smallest free place that is large enough, else the largest one, which then grows.
            let fitting = free.filter { sizes[$0] >= counts[index] }.min { sizes[$0] < sizes[$1] }
            let place = fitting ?? free.max { sizes[$0] < sizes[$1] } ?? sizes.count
            if place == sizes.count { sizes.append(0) }
            free.removeAll { $0 == place }
            sizes[place] = max(sizes[place], counts[index])
            places[index] = place
        }
        for (index, node) in graph.nodes.enumerated() where node.operator == nil { take(index) }
        for (index, node) in graph.nodes.enumerated() where node.operator != nil {
            take(index)
            for dead in Set(node.inputs.map(\.index)).sorted() where lastUse[dead] == index {
                free.append(places[dead])
            }
            if lastUse[index] == index { free.append(places[index]) }
        }
        return places
    }
}
