import Tensors

/// The backend that runs every operator's reference kernels on row-major memory. It defines the results that faster backends must agree
/// with, and they fall back to its kernels.
public struct ReferenceBackend: Backend {
    /// The name by which users select the backend.
    public let name = "reference"

    /// OpenBLAS and the kernel set that it chose.
    public var kernels: String { "im2col and OpenBLAS SGEMM (\(OpenBLAS.coreName)), \(Parallel.workerCount) threads" }

    /// Creates a backend; it has no state.
    public init() {}

    /// Compiles a program; see ``Backend/compile(_:parameters:inputs:mode:taps:)``.
    public func compile(
        _ graph: Graph, parameters: ParameterStore, inputs: [String: [Int]], mode: ProgramMode, taps: Taps
    ) throws -> any Program {
        try ReferenceProgram(graph, parameters: parameters, inputs: inputs, mode: mode, taps: taps)
    }
}

/// A graph with memory for every value: forward walks the nodes in order, backward in reverse.
final class ReferenceProgram: Program {
    private let graph: Graph
    private let mode: ProgramMode
    private let taps: Taps
    private let shapes: [[Int]]
    private let memory: MemoryPlan
    private let steps: [Step]
    private let store: ParameterStore
    private var passes: PassOrder

    /// A node bound to its memory.
    private struct Step {
        let node: Int
        let kernel: any Operator
        let call: ForwardCall
        let parameterGradients: [TensorView?]
    }

    init(
        _ graph: Graph, parameters: ParameterStore, inputs: [String: [Int]], mode: ProgramMode, taps: Taps
    ) throws(GraphError) {
        try graph.requireInputs(inputs)
        let shapes = try graph.inferShapes(inputs)
        let memory = MemoryPlan(
            graph, shapes: shapes, mode: mode, wantsGradient: try graph.nodesWithGradient(mode, taps: taps), taps: taps)
        var steps: [Step] = []
        for (index, node) in graph.nodes.enumerated() {
            guard let kernel = node.operator else { continue }
            let inputShapes = node.inputs.map { shapes[$0.index] }
            let bound = try Self.bind(node, kernel, to: parameters)
            let scratch = kernel.scratchCount(inputs: inputShapes, output: shapes[index])
            let call = ForwardCall(
                inputs: node.inputs.map { memory.values[$0.index] }, parameters: bound.map(\.value),
                output: memory.values[index], saved: memory.saved[index],
                scratch: TensorView(memory.scratch, shape: [scratch]), mode: mode)
            steps.append(
                Step(node: index, kernel: kernel, call: call, parameterGradients: bound.map(\.gradient)))
        }
        self.graph = graph
        self.mode = mode
        passes = PassOrder(mode)
        self.taps = taps
        self.shapes = shapes
        self.memory = memory
        self.steps = steps
        store = parameters
    }

    var outputShapes: [String: [Int]] {
        Dictionary(uniqueKeysWithValues: graph.outputs.map { ($0.name, shapes[$0.value.index]) })
    }

    func forward(_ inputs: [String: Tensor]) throws -> [String: Tensor] {
        try graph.requireInputs(inputs, shapes: shapes)
        for (name, tensor) in inputs { memory.values[try graph.index(of: name)].assign(tensor) }
        for step in steps { step.kernel.forward(step.call) }
        // Running statistics have changed.
        if mode == .training { store.markChanged() }
        passes.finishForward()
        return Dictionary(
            uniqueKeysWithValues: graph.outputs.map { ($0.name, Tensor(copying: memory.values[$0.value.index])) })
    }

    func backward(_ outputGradients: [String: Tensor]) throws {
        try passes.requireForward()
        if mode == .training { store.clearGradients() }
        for gradient in memory.gradients { gradient?.fill(0) }
        for (name, tensor) in outputGradients {
            guard let output = graph.outputs.first(where: { $0.name == name }) else {
                throw GraphError.unexpectedInput(name: name, shape: tensor.shape, expected: nil)
            }
            let index = output.value.index
            let expected = taps.gradientShape(shapes[index])
            guard tensor.shape == expected else {
                throw GraphError.unexpectedInput(name: name, shape: tensor.shape, expected: expected)
            }
            // Nodes without a gradient have nothing tapped before them.
            guard let gradient = memory.gradients[index] else { continue }
            tensor.withElements { source in
                for (place, value) in source.enumerated() { gradient.pointer[place] += value }
            }
        }
        for step in steps.reversed() {
            for seed in 0..<taps.seedCount {
                guard let outputGradient = gradient(step.node, seed: seed) else { continue }
                step.kernel.backward(
                    BackwardCall(
                        forward: step.call, outputGradient: outputGradient,
                        inputGradients: graph.nodes[step.node].inputs.map { gradient($0.index, seed: seed) },
                        parameterGradients: mode == .training
                            ? step.parameterGradients : step.parameterGradients.map { _ in nil }))
            }
        }
        passes.finishBackward()
    }

    /// Returns one of the gradients that are stored side by side, in the value's own shape.
    private func gradient(_ node: Int, seed: Int) -> TensorView? {
        memory.gradients[node].map { all in
            TensorView(all.pointer + seed * (all.count / taps.seedCount), shape: shapes[node])
        }
    }

    func value(_ name: String) throws -> Tensor {
        let index = try graph.index(of: name)
        guard memory.keepsValues && taps.contains(name) || graph.outputs.contains(where: { $0.value.index == index })
        else {
            throw GraphError.notTapped(name)
        }
        return Tensor(copying: memory.values[index])
    }

    func gradient(_ name: String) throws -> Tensor {
        try passes.requireBackward()
        guard let gradient = memory.gradients[try graph.index(of: name)], taps.contains(name) else {
            throw GraphError.notTapped(name)
        }
        return Tensor(copying: gradient)
    }

    private static func bind(
        _ node: Graph.Node, _ kernel: any Operator, to store: ParameterStore
    ) throws(GraphError) -> [ParameterStore.Entry] {
        var bound: [ParameterStore.Entry] = []
        for declaration in kernel.parameters {
            let name = node.parameterName(declaration)
            guard let entry = store.entry(name) else {
                throw .parameter(name: name, expected: declaration.shape, found: nil)
            }
            guard entry.declaration.shape == declaration.shape else {
                throw .parameter(name: name, expected: declaration.shape, found: entry.declaration.shape)
            }
            bound.append(entry)
        }
        return bound
    }
}
