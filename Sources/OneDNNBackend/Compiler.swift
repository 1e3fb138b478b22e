import CDNNL
import Graphs
import Operators
import Tensors

/// Turns a graph into lists of operations: each node's kernel appends its forward operations, and registers a closure that appends its
/// backward operations once all nodes have been compiled.
final class Compiler {
    let graph: Graph
    let shapes: [[Int]]
    let mode: ProgramMode
    let taps: Taps
    let parameters: ParameterStore
    let engine: Engine
    let algorithm: ConvolutionAlgorithm
    /// The requested precision; the type that kernels store is ``cellType``.
    let precision: Precision
    /// The type that convolutions store: float32 or bfloat16.
    let cellType: dnnl_data_type_t
    /// Our own kernels for this type, if the processor supports any.
    let kernelSet: KernelSet?
    let slots: [Slot]
    /// For each node, whether the gradient with respect to its value may be infinite; all false if there are no gradients.
    let mayBeInfinite: [Bool]
    /// Operations that must run whenever parameters have changed, before a pass begins.
    private(set) var preparation: [Operation] = []
    private(set) var forward: [Operation] = []
    private(set) var backward: [Operation] = []
    private var emitters: [() throws -> Void] = []
    private var weights: [(name: String, memory: Memory)] = []
    /// Nodes that are fused into another node's kernel.
    private var fused: Set<Int> = []
    /// The quantization of weights that are integers; nil for other parameters.
    private var forms: [String: QuantizedForm?] = [:]
    /// The node that is being compiled.
    private(set) var node = 0

    init(
        _ graph: Graph, shapes: [[Int]], mode: ProgramMode, taps: Taps, parameters: ParameterStore, engine: Engine,
        algorithm: ConvolutionAlgorithm, kernelSet: KernelSet?, precision: Precision, computesBFloat16: Bool
    ) throws(GraphError) {
        self.graph = graph
        self.shapes = shapes
        self.mode = mode
        self.taps = taps
        self.parameters = parameters
        self.engine = engine
        self.algorithm = algorithm
        cellType = computesBFloat16 ? dnnl_bf16 : dnnl_f32
        self.precision = precision
        self.kernelSet = computesBFloat16 ? kernelSet?.bfloat16(coarse: precision == .int8) : kernelSet
        var readers = [[Int]](repeating: [], count: graph.nodes.count)
        for (index, node) in graph.nodes.enumerated() {
            for input in node.inputs { readers[input.index].append(index) }
        }
        mayBeInfinite =
            mode.hasGradients
            ? SingularGradients.nodes(graph, parameters) : [Bool](repeating: false, count: graph.nodes.count)
        let wantsGradient = try graph.nodesWithGradient(mode, taps: taps)
        slots = graph.nodes.indices.map { index in
            Slot(
                wantsGradient: wantsGradient[index], readers: readers[index],
                isOutput: graph.outputs.contains { $0.value.index == index },
                isTapped: mode == .inspection && taps.contains(graph.nodes[index].name))
        }
    }

    /// The nodes that a node reads.
    func inputs(of node: Int) -> [Int] { graph.nodes[node].inputs.map(\.index) }

    /// The only node that a node reads, or the first.
    func input(of node: Int) -> Int { graph.nodes[node].inputs[0].index }

    func compileForward() throws {
        for index in graph.nodes.indices where !fused.contains(index) {
            node = index
            guard let kernel = graph.nodes[index].operator else {
                slots[index].memory = try makeTemporary(.plain(shapes[index]))
                continue
            }
            if let accelerated = kernel as? any AcceleratedOperator,
                try accelerated.compile(node: index, with: self)
            {
                continue
            }
            try compileReference(kernel, node: index)
        }
    }

    /// - Parameter seeds: The gradients with respect to the graph's outputs, by node.
    func compileBackward(seeds: [(node: Int, memory: Memory)]) throws {
        for (node, memory) in seeds {
            self.node = node
            try contribute(memory, to: node)
        }
        // The closures retain this compiler, so it must release them.
        defer { emitters = [] }
        for emit in emitters.reversed() { try emit() }
    }

    /// Assigns an address to all memory, once both passes are compiled.
    ///
    /// - Parameters:
    ///   - results: Plain copies of the graph's outputs.
    ///   - seeds: The gradients with respect to them.
    func placeMemory(results: [Memory], seeds: [Memory]) throws {
        var visitors = results.map { Arena.Visitor.result($0) } + seeds.map { .seed($0) }
        for (slot, node) in zip(slots, graph.nodes) {
            if slot.isTapped {
                visitors += [slot.memory, slot.gradient].compactMap { $0.map { .anytime($0) } }
            } else if node.operator == nil {
                if let memory = slot.memory { visitors.append(.input(memory)) }
                if let gradient = slot.gradient { visitors.append(.gradient(gradient)) }
            }
        }
        try Arena.place(
            preparation: preparation, forward: forward, backward: backward, visitors: visitors,
            repeatsBackward: mode == .inspection)
    }

    // MARK: Queries and memory for kernels

    /// The only reader of a node, into which the node can therefore be fused; nil if there are several, or the value is an output or
    /// tapped.
    func onlyReader(of node: Int) -> Int? {
        guard slots[node].readers.count == 1, !slots[node].isOutput, !slots[node].isTapped else { return nil }
        return slots[node].readers[0]
    }

    /// The ReLU that is the only reader of a node and can be fused.
    func onlyReadingReLU(_ node: Int) -> Int? {
        onlyReader(of: node).flatMap { graph.nodes[$0].operator is ReLU && !mayBeInfinite[$0] ? $0 : nil }
    }

    /// The normalization that is the only reader of a node.
    func normalization(after node: Int) -> Int? {
        onlyReader(of: node).flatMap { graph.nodes[$0].operator is BatchNormalization ? $0 : nil }
    }

    /// Whether a node's value, or nothing but elementwise functions of it, is an output of the graph.
    func isReadOutside(_ node: Int) -> Bool {
        if slots[node].isOutput { return true }
        let readers = slots[node].readers
        return !readers.isEmpty
            && readers.allSatisfy { slots[$0].isOutput && EltwiseFunction(graph.nodes[$0].operator) != nil }
    }

    /// Declares that another node's kernel does this node's work and writes its value.
    func absorb(_ node: Int) { fused.insert(node) }

    /// A node's value as its kernel stores it: in bfloat16 if that is the program's precision. Bytes are converted.
    func storedValue(_ node: Int) throws -> Memory {
        let slot = slots[node]
        if let memory = slot.memory { return memory }
        let memory: Memory
        if let viewed = slot.viewed {
            memory = try storedValue(viewed)
        } else if let bytes = slot.bytes {
            memory = try numbers(of: bytes, asFloats: slot.isOutput)
        } else {
            preconditionFailure("\(graph.nodes[node].name) has no value")
        }
        slot.memory = memory
        return memory
    }

    /// A node's value in float32; in the given layout, if any, for which it may have to be copied.
    func value(_ node: Int, in layout: Layout? = nil) throws -> Memory {
        let memory = try storedValue(node)
        let layout = try layout ?? memory.layout.holding(dnnl_f32) ?? .plain(shapes[node])
        if layout == memory.layout { return memory }
        if let copy = slots[node].copies.first(where: { $0.layout == layout }) { return copy }
        if slots[node].isFixed { return try weight("value of \(graph.nodes[node].name)", memory, in: layout) }
        let copy = try makeTemporary(layout)
        try emit(.reorder(memory, to: copy, on: engine), "reorder")
        slots[node].copies.append(copy)
        return copy
    }

    /// The quantization of a parameter whose value currently consists of integers; nil for others.
    func integerForm(of name: String) -> QuantizedForm? {
        if let known = forms[name] { return known }
        let form = parameters.integers(of: name)?.form
        forms[name] = .some(form)
        return form
    }

    /// New memory for a node's value.
    func makeValue(_ node: Int, _ layout: Layout) throws -> Memory {
        let memory = try makeTemporary(layout)
        slots[node].memory = memory
        return memory
    }

    /// A parameter of the node in the parameter store.
    func parameter(_ node: Int, _ position: Int) throws(GraphError) -> ParameterStore.Entry {
        guard let kernel = graph.nodes[node].operator else { preconditionFailure("an input has no parameters") }
        let declaration = kernel.parameters[position]
        let name = graph.nodes[node].parameterName(declaration)
        guard let entry = parameters.entry(name) else {
            throw .parameter(name: name, expected: declaration.shape, found: nil)
        }
        guard entry.declaration.shape == declaration.shape else {
            throw .parameter(name: name, expected: declaration.shape, found: entry.declaration.shape)
        }
        return entry
    }

    /// A parameter, or a combination of several, in a kernel's layout, kept up to date.
    ///
    /// - Parameters:
    ///   - name: The name under which kernels share the copy.
    ///   - source: The values in the parameter store's layout.
    func weight(_ name: String, _ source: Memory, in layout: Layout) throws -> Memory {
        if source.layout == layout { return source }
        if let known = weights.first(where: { $0.name == name && $0.memory.layout == layout }) { return known.memory }
        let copy = try Memory(layout, on: engine)
        let call = try PrimitiveCall.reorder(source, to: copy, on: engine)
        prepare("reorder of weights", on: [source]) { try call.run() }
        weights.append((name, copy))
        return copy
    }

    /// Appends an operation that must run whenever parameters have changed.
    ///
    /// - Parameter memories: Planned memory that it uses, whose contents need not last until the next preparation.
    func prepare(_ kernel: String, on memories: [Memory] = [], _ run: @escaping () throws -> Void) {
        preparation.append(Operation(node: node, kernel: kernel, memories: memories, run: run))
    }

    /// The memory of the gradient with respect to a parameter; each is written completely, by one node.
    func parameterGradient(_ node: Int, _ position: Int, plain: Layout) throws -> Memory {
        let entry = try parameter(node, position)
        guard let gradient = entry.gradient else { preconditionFailure("\(entry.name) is not trainable") }
        return try Memory(plain, at: gradient, on: engine)
    }

    /// A gradient in the given layout, for which it may have to be copied.
    func converted(_ gradient: Memory, to layout: Layout) throws -> Memory {
        if gradient.layout == layout { return gradient }
        let copy = try makeTemporary(layout)
        try emit(.reorder(gradient, to: copy, on: engine), "reorder")
        return copy
    }

    // MARK: Batches of gradients

    /// The layout of the batch of gradients with respect to a value.
    func gradientLayout(_ value: Layout) throws(OneDNNError) -> Layout {
        guard let layout = value.repeated(taps.seedCount) else {
            throw OneDNNError(call: "a batch of gradients", status: dnnl_unimplemented.rawValue)
        }
        return layout
    }

    /// Returns a value of the forward pass, repeated once for each gradient of the batch.
    func repeatedForGradients(_ memory: Memory) throws -> Memory {
        if taps.seedCount == 1 { return memory }
        let all = try makeTemporary(gradientLayout(memory.layout))
        let (count, byteCount) = (taps.seedCount, memory.layout.byteCount)
        emit("copies for gradients", on: [memory, all]) {
            let target = UnsafeMutableRawPointer(all.pointer)
            Parallel.forEach(count) { index, _ in
                (target + index * byteCount).copyMemory(from: memory.pointer, byteCount: byteCount)
            }
        }
        return all
    }

    /// Memory that is needed from the first operation that uses it to the last.
    func makeTemporary(_ layout: Layout) throws -> Memory { try Memory(planned: layout, on: engine) }

    /// Appends a forward operation (or, while gradients are compiled, a backward one).
    func emit(_ call: PrimitiveCall, _ kernel: String? = nil) throws {
        emit(kernel ?? call.name, on: call.memories) { try call.run() }
    }

    /// - Parameter memories: All that `run` reads and writes.
    func emit(_ kernel: String, on memories: [Memory], _ run: @escaping () throws -> Void) {
        let operation = Operation(node: node, kernel: kernel, memories: memories, run: run)
        if isCompilingBackward { backward.append(operation) } else { forward.append(operation) }
    }

    private var isCompilingBackward = false

    /// Registers a closure that appends the backward operations of the node that is being compiled; it is not called if no gradient reaches
    /// `result`.
    func onBackward(_ result: Int, _ emitGradients: @escaping (_ gradient: Memory) throws -> Void) {
        guard mode.hasGradients else { return }
        let owner = node
        emitters.append { [self] in
            guard slots[result].isGradientWritten, let gradient = slots[result].gradient else { return }
            node = owner
            isCompilingBackward = true
            defer { isCompilingBackward = false }
            try emitGradients(gradient)
        }
    }

    /// Lets an operation write its part of the gradient with respect to a node's value: directly into the gradient if it is the first part
    /// and the layouts match, otherwise into separate memory that is then added.
    func contribute(
        to node: Int, in layout: Layout, _ call: (_ target: Memory) throws -> PrimitiveCall
    ) throws {
        let slot = slots[node]
        guard slot.wantsGradient, let value = slot.memory else { return }
        let gradient = try slot.gradient ?? makeTemporary(gradientLayout(value.layout))
        slot.gradient = gradient
        if !slot.isGradientWritten && gradient.layout == layout {
            slot.isGradientWritten = true
            try emit(call(gradient))
            return
        }
        let part = try makeTemporary(layout)
        try emit(call(part))
        try contribute(part, to: node)
    }

    /// Lets operations write their part of the gradient with respect to a node's value, or add it to existing parts if the layouts match.
    func accumulate(
        to node: Int, in layout: Layout, _ emit: (_ target: Memory, _ adds: Bool) throws -> Void
    ) throws {
        let slot = slots[node]
        guard slot.wantsGradient, let value = slot.memory else { return }
        guard try gradientLayout(value.layout) == layout else {
            let part = try makeTemporary(layout)
            try emit(part, false)
            return try contribute(part, to: node)
        }
        let gradient = try slot.gradient ?? makeTemporary(layout)
        slot.gradient = gradient
        let adds = slot.isGradientWritten
        slot.isGradientWritten = true
        try emit(gradient, adds)
    }

    /// Adds existing memory to the gradient with respect to a node's value.
    func contribute(_ part: Memory, to node: Int) throws {
        let slot = slots[node]
        guard slot.wantsGradient, let value = slot.memory else { return }
        let wasCompilingBackward = isCompilingBackward
        isCompilingBackward = true
        defer { isCompilingBackward = wasCompilingBackward }
        let layout = try gradientLayout(value.layout)
        if !slot.isGradientWritten && slot.readers.count <= 1 && part.layout == layout && slot.gradient == nil {
            // No other operation writes there, so both can share the memory.
            slot.gradient = part
            slot.isGradientWritten = true
            return
        }
        let gradient = try slot.gradient ?? makeTemporary(layout)
        slot.gradient = gradient
        if !slot.isGradientWritten {
            try emit(.reorder(part, to: gradient, on: engine), "copy of a gradient")
        } else if part.layout == gradient.layout {
            try emit(.add(gradient, part, into: gradient, on: engine), "sum of gradients")
        } else {
            let converted = try makeTemporary(gradient.layout)
            try emit(.reorder(part, to: converted, on: engine), "reorder")
            try emit(.add(gradient, converted, into: gradient, on: engine), "sum of gradients")
        }
        slot.isGradientWritten = true
    }
}
