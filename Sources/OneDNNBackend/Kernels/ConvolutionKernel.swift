import CDNNL
import Graphs
import Operators

extension Convolution: AcceleratedConvolution { static var isTransposed: Bool { false } }
extension TransposedConvolution: AcceleratedConvolution { static var isTransposed: Bool { true } }

extension AcceleratedConvolution {
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        let input = compiler.input(of: node)
        let problem = problem(input: compiler.shapes[input], output: compiler.shapes[node])
        return try ConvolutionKernel(problem, hasBias: bias, node: node, compiler)?.compile() != nil
    }
}

/// A convolution, transposed or not, in a program, with the operations after it that can be fused into it: in inference, the normalization
/// after it and a sum with an existing value; in inspection, the normalization; and in all modes, an activation.
///
/// Each of its passes runs on oneDNN's kernels or on our own, whichever is faster for the shapes at hand.
struct ConvolutionKernel {
    let compiler: Compiler
    let node, input: Int
    let problem: ConvolutionProblem
    let hasBias: Bool
    /// The normalization that is fused into it.
    let normalization: Int?
    /// The plan for oneDNN's kernels, if any pass needs them.
    private let plan: ConvolutionPlan?
    /// The element types in that plan.
    private let types: ConvolutionPlan.NumberTypes
    /// Whether it is an output of the network, which is left in float32, while our kernels would store bfloat16.
    private let leavesFloats: Bool
    /// Whether it multiplies integers.
    private let usesIntegers: Bool

    /// Returns nil if there is no fast kernel for the problem.
    init?(_ problem: ConvolutionProblem, hasBias: Bool, node: Int, _ compiler: Compiler) throws {
        let usesWinograd = problem.filtering(.forward, in: compiler) != nil
        input = compiler.input(of: node)
        usesIntegers = try compiler.hasBytes(input) && IntegerConvolution.suits(node, compiler)
        // For a transposed convolution with a bias, oneDNN has only a kernel that costs more time than folding saves.
        let folds = compiler.mode != .training && (usesWinograd || usesIntegers || !problem.isTransposed)
        normalization = folds ? compiler.normalization(after: node) : nil
        self.problem = problem
        self.hasBias = hasBias
        self.node = node
        self.compiler = compiler
        let type = compiler.cellType
        leavesFloats = type != dnnl_f32 && compiler.isReadOutside(normalization ?? node)
        types = .init(source: type, weights: type, target: leavesFloats ? dnnl_f32 : type)
        let directions: [ConvolutionDirection] =
            switch compiler.mode {
            case .inference: [.forward]
            case .inspection: [.forward, .data]
            case .training: [.forward, .data, .weights]
            }
        if !leavesFloats && directions.allSatisfy({ problem.filtering($0, in: compiler) != nil }) || usesIntegers {
            plan = nil
            return
        }
        let source = try compiler.storedValue(input).layout
        // After a pass on our kernels, values are stored in blocks, which oneDNN also accepts.
        guard
            let plan = try? ConvolutionPlan(
                problem, types, hasBias: hasBias || normalization != nil, source: source, mode: compiler.mode,
                on: compiler.engine)
        else { return nil }
        self.plan = plan
    }

    /// The operations of a pass that runs on our own Winograd kernels; nil for other passes.
    private func winograd(_ direction: ConvolutionDirection) -> WinogradOperations? {
        if direction == .forward && leavesFloats { return nil }
        guard let set = compiler.kernelSet, let filtering = problem.filtering(direction, in: compiler) else {
            return nil
        }
        let convolution = WinogradConvolution(problem: problem, set: set, filtering: filtering)
        return WinogradOperations(convolution: convolution, compiler: compiler)
    }

    func compile() throws {
        let parameters = try FoldedParameters(self)
        if usesIntegers, let integers = try IntegerConvolution(self) {
            try compile(by: integers, parameters)
        } else if let winograd = winograd(.forward) {
            try compile(by: winograd, parameters)
        } else if let plan {
            try compile(by: plan, parameters)
        }
    }

    private func compile(by winograd: WinogradOperations, _ parameters: FoldedParameters) throws {
        let set = winograd.convolution.set
        let bias = try parameters.paddedBias(lanes: set.lanes)
        var result = normalization ?? node
        if let normalization { compiler.absorb(normalization) }
        let (finish, target) = try fuseFollowing(&result, set)
        compiler.slots[result].isReadBackward = finish.rectifies
        if let bytes = compiler.madeBytes(of: input) {
            try winograd.emitConvolution(
                of: bytes, into: target, weights: parameters.weights, bias: bias, finish: finish)
        } else {
            try winograd.emitConvolution(
                .forward, of: compiler.cells(input, set), into: target, weights: parameters.weights, bias: bias,
                finish: finish)
        }
        onBackward(result, target, finish.rectifies ? .relu : nil, parameters)
    }

    private func compile(by integers: IntegerConvolution, _ parameters: FoldedParameters) throws {
        var result = normalization ?? node
        if let normalization { compiler.absorb(normalization) }
        let (finish, target) = try fuseFollowing(&result, integers.set)
        try integers.emit(into: target, bias: parameters.bias, factors: parameters.weights.factors, finish: finish)
    }

    private func compile(by plan: ConvolutionPlan, _ parameters: FoldedParameters) throws {
        let fusion = try fusion(plan)
        let forward = fusion.forward
        for absorbed in fusion.absorbed { compiler.absorb(absorbed) }
        compiler.slots[fusion.result].isReadBackward = fusion.function != nil
        let weights = try parameters.weights(in: forward.layout(dnnl_query_weights_md))
        let target: Memory
        if let sum = fusion.target {
            target = sum
            compiler.slots[fusion.result].memory = sum
        } else {
            target = try compiler.makeValue(fusion.result, forward.layout(dnnl_query_dst_md))
        }
        var arguments = [
            DNNL_ARG_SRC_0: try compiler.value(input, in: forward.layout(dnnl_query_src_md)),
            DNNL_ARG_WEIGHTS_0: weights, DNNL_ARG_DST_0: target,
        ]
        arguments[DNNL_ARG_BIAS] = parameters.bias
        try compiler.emit(PrimitiveCall(forward, arguments, on: compiler.engine))
        onBackward(fusion.result, target, fusion.function, parameters)
    }

    private func onBackward(
        _ result: Int, _ target: Memory, _ function: EltwiseFunction?, _ parameters: FoldedParameters
    ) {
        compiler.onBackward(result) { gradient in
            let slope = try function.map { try compiler.through($0, gradient, result: target) } ?? gradient
            if compiler.mode == .training { try emitParameterGradients(slope) }
            if compiler.slots[input].wantsGradient { try emitInputGradient(slope, parameters) }
        }
    }

    /// The operations fused into the convolution.
    private struct Fusion {
        var forward: PrimitiveDescription
        /// The node whose value is written.
        var result: Int
        /// Nodes that no longer need operations of their own.
        var absorbed: [Int] = []
        /// The other summand, whose memory the sum overwrites.
        var target: Memory?
        /// The function applied to each element at the end.
        var function: EltwiseFunction?
    }

    private func fusion(_ plan: ConvolutionPlan) throws -> Fusion {
        var fusion = Fusion(forward: plan.forward, result: normalization ?? node)
        if let normalization { fusion.absorbed.append(normalization) }
        if let sum = try summand(fusion.result), let forward = plan.forward(try PrimitiveAttributes(sum: true)),
            try forward.layout(dnnl_query_dst_md) == sum.memory.layout
        {
            fusion.forward = forward
            fusion.result = sum.node
            fusion.absorbed.append(sum.node)
            fusion.target = sum.memory
        }
        if let (function, nodes) = compiler.onlyReadingFunction(fusion.result), let result = nodes.last,
            let forward = plan.forward(try PrimitiveAttributes(sum: fusion.target != nil, function)),
            forward.implementation == plan.forward.implementation
        {
            fusion.forward = forward
            fusion.result = result
            fusion.absorbed += nodes
            fusion.function = function
        }
        return fusion
    }

    /// The sum that is a value's only reader in inference, and the memory of its other summand, if the sum may overwrite that.
    private func summand(_ value: Int) throws -> (node: Int, memory: Memory)? {
        // oneDNN fuses a sum into a transposed convolution element by element, a hundred times slower than the convolution itself.
        guard !problem.isTransposed, let (sum, other) = compiler.sumAlone(reading: value),
            let memory = compiler.slots[other].memory, compiler.mayOverwrite(other, by: sum)
        else { return nil }
        return (sum, memory)
    }

    private func emitInputGradient(_ gradient: Memory, _ parameters: FoldedParameters) throws {
        let seedCount = compiler.taps.seedCount
        if let all = winograd(.data)?.repeated(seedCount) {
            let slope = try compiler.converted(gradient, to: all.convolution.layout(all.convolution.problem.output))
            let layout = try all.convolution.layout(all.convolution.problem.input)
            try compiler.accumulate(to: input, in: layout) { target, adds in
                try all.emitConvolution(
                    .data, of: slope, into: target, weights: parameters.weights,
                    finish: ResultEpilogue(summand: adds ? .numbers(target) : nil))
            }
            return
        }
        let description = try gradientPlan().backwardData()
        let slope = try compiler.converted(gradient, to: description.layout(dnnl_query_diff_dst_md))
        let weights = try parameters.weights(in: description.layout(dnnl_query_weights_md))
        try compiler.contribute(to: input, in: description.layout(dnnl_query_diff_src_md)) { target in
            try PrimitiveCall(
                description,
                [DNNL_ARG_DIFF_DST_0: slope, DNNL_ARG_WEIGHTS_0: weights, DNNL_ARG_DIFF_SRC_0: target],
                purpose: "data", on: compiler.engine)
        }
    }

    /// The plan for the whole batch of gradients.
    private func gradientPlan() throws -> ConvolutionPlan {
        if let plan, compiler.taps.seedCount == 1 { return plan }
        return try ConvolutionPlan(
            problem.repeated(compiler.taps.seedCount), types, hasBias: hasBias || normalization != nil,
            source: compiler.gradientLayout(compiler.storedValue(input).layout), mode: compiler.mode,
            on: compiler.engine)
    }

    private func emitParameterGradients(_ gradient: Memory) throws {
        let plain = try problem.plainWeights
        let target = try compiler.parameterGradient(node, 0, plain: plain)
        let bias = hasBias ? try compiler.parameterGradient(node, 1, plain: problem.plainBias) : nil
        if let winograd = winograd(.weights) {
            let convolution = winograd.convolution
            let slope = try compiler.converted(gradient, to: convolution.layout(problem.output))
            let source = try compiler.value(input, in: convolution.layout(problem.input))
            try winograd.emitWeightsGradient(of: source, slope: slope, into: target)
            if let bias { winograd.emitBiasGradient(slope: slope, into: bias) }
            return
        }
        let description = try gradientPlan().backwardWeights()
        let engine = compiler.engine
        let layout = try description.layout(dnnl_query_diff_weights_md)
        let written = layout == plain ? target : try compiler.makeTemporary(layout)
        var arguments = [
            DNNL_ARG_SRC_0: try compiler.value(input, in: description.layout(dnnl_query_src_md)),
            DNNL_ARG_DIFF_DST_0: try compiler.converted(gradient, to: description.layout(dnnl_query_diff_dst_md)),
            DNNL_ARG_DIFF_WEIGHTS_0: written,
        ]
        arguments[DNNL_ARG_DIFF_BIAS] = bias
        try compiler.emit(PrimitiveCall(description, arguments, purpose: "weights", on: engine))
        if written !== target {
            try compiler.emit(.reorder(written, to: target, on: engine), "reorder of gradients (weights)")
        }
    }
}
