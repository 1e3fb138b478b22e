import CDNNL
import Graphs
import Tensors

/// A graph compiled to lists of operations.
final class OneDNNProgram: Program {
    let graph: Graph
    private let shapes: [[Int]]
    private let mode: ProgramMode
    private let parameters: ParameterStore
    let compiler: Compiler
    private let engine: Engine
    private let results: [(name: String, memory: Memory)]
    let seeds: [(name: String, memory: Memory)]
    private var preparedVersion: Int?
    private var passes: PassOrder

    init(
        _ graph: Graph, parameters: ParameterStore, inputs: [String: [Int]], mode: ProgramMode, taps: Taps,
        algorithm: ConvolutionAlgorithm, precision: Precision, kernelSet: KernelSet?,
        computesBFloat16: Bool
    ) throws {
        try graph.requireInputs(inputs)
        let engine = try Engine()
        shapes = try graph.inferShapes(inputs)
        compiler = try Compiler(
            graph, shapes: shapes, mode: mode, taps: taps, parameters: parameters, engine: engine,
            algorithm: algorithm, kernelSet: kernelSet, precision: precision,
            computesBFloat16: precision != .float32 && computesBFloat16)
        try compiler.compileForward()
        var results: [(name: String, memory: Memory)] = []
        var seeds: [(name: String, node: Int, memory: Memory)] = []
        for output in graph.outputs {
            let node = output.value.index
            let plain = try Layout.plain(shapes[node])
            results.append((output.name, try compiler.value(node, in: plain)))
            if mode.hasGradients {
                seeds.append((output.name, node, try compiler.makeTemporary(compiler.gradientLayout(plain))))
            }
        }
        try compiler.compileBackward(seeds: seeds.map { ($0.node, $0.memory) })
        try compiler.placeMemory(results: results.map(\.memory), seeds: seeds.map(\.memory))
        self.results = results
        self.seeds = seeds.map { ($0.name, $0.memory) }
        self.graph = graph
        self.mode = mode
        passes = PassOrder(mode)
        self.parameters = parameters
        self.engine = engine
    }

    var outputShapes: [String: [Int]] {
        Dictionary(uniqueKeysWithValues: graph.outputs.map { ($0.name, shapes[$0.value.index]) })
    }

    func forward(_ inputs: [String: Tensor]) throws -> [String: Tensor] {
        try graph.requireInputs(inputs, shapes: shapes)
        if preparedVersion != parameters.version {
            for operation in compiler.preparation { try operation.run() }
            preparedVersion = parameters.version
        }
        for (name, tensor) in inputs {
            let memory = try compiler.value(graph.index(of: name))
            TensorView(memory.pointer, shape: tensor.shape).assign(tensor)
        }
        for operation in compiler.forward { try operation.run() }
        try wait()
        // Running statistics have changed.
        if mode == .training { parameters.markChanged() }
        passes.finishForward()
        return Dictionary(
            uniqueKeysWithValues: zip(results, graph.outputs).map { result, output in
                (result.name, Tensor(copying: TensorView(result.memory.pointer, shape: shapes[output.value.index])))
            })
    }

    func backward(_ outputGradients: [String: Tensor]) throws {
        try passes.requireForward()
        for (name, tensor) in outputGradients {
            let expected = outputShapes[name].map(compiler.taps.gradientShape)
            guard expected == tensor.shape else {
                throw GraphError.unexpectedInput(name: name, shape: tensor.shape, expected: expected)
            }
        }
        for (index, seed) in seeds.enumerated() {
            let shape = compiler.taps.gradientShape(shapes[graph.outputs[index].value.index])
            let view = TensorView(seed.memory.pointer, shape: shape)
            if let tensor = outputGradients[seed.name] { view.assign(tensor) } else { view.fill(0) }
        }
        for operation in compiler.backward { try operation.run() }
        try wait()
        passes.finishBackward()
    }

    func value(_ name: String) throws -> Tensor {
        let index = try graph.index(of: name)
        guard compiler.slots[index].isTapped, let memory = compiler.slots[index].memory else {
            throw GraphError.notTapped(name)
        }
        return try plain(memory, shapes[index])
    }

    func gradient(_ name: String) throws -> Tensor {
        try passes.requireBackward()
        let index = try graph.index(of: name)
        let slot = compiler.slots[index]
        guard slot.isTapped || slot.wantsGradient && graph.nodes[index].operator == nil else {
            throw GraphError.notTapped(name)
        }
        let shape = compiler.taps.gradientShape(shapes[index])
        guard slot.isGradientWritten, let gradient = slot.gradient else {
            // No requested output depends on it.
            return Tensor(shape)
        }
        return try plain(gradient, shape)
    }

    private func plain(_ memory: Memory, _ shape: [Int]) throws -> Tensor {
        let copy = try Memory(.plain(shape), on: engine)
        try PrimitiveCall.reorder(memory, to: copy, on: engine).run()
        try wait()
        return Tensor(copying: TensorView(copy.pointer, shape: shape))
    }

    func wait() throws(OneDNNError) { try check("dnnl_stream_wait", dnnl_stream_wait(engine.stream)) }
}
