import CDNNL
import Graphs
import Operators

extension Convolution: ConvolutionOperator { static var isTransposed: Bool { false } }
extension TransposedConvolution: ConvolutionOperator { static var isTransposed: Bool { true } }

extension ConvolutionOperator {
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        let input = compiler.graph.nodes[node].inputs[0].index
        let problem = ConvolutionProblem(self, input: compiler.shapes[input], output: compiler.shapes[node])
        return try ConvolutionKernel(problem, hasBias: bias, node: node, compiler)?.compile() != nil
    }
}

/// A convolution, transposed or not, in a program; in inference a convolution takes the normalization after it along.
private struct ConvolutionKernel {
    private let compiler: Compiler
    private let node, input: Int
    private let problem: ConvolutionProblem
    private let hasBias: Bool
    private let normalization: Int?
    private let plan: ConvolutionPlan

    /// Nothing where oneDNN has no kernel for the problem.
    init?(_ problem: ConvolutionProblem, hasBias: Bool, node: Int, _ compiler: Compiler) {
        // A transposed convolution with a bias gets a kernel that loses more than folding gains.
        let folds = compiler.mode == .inference && !problem.isTransposed
        let reader = folds ? compiler.onlyReader(of: node) : nil
        normalization = reader.flatMap { compiler.graph.nodes[$0].operator is BatchNormalization ? $0 : nil }
        let plan = try? ConvolutionPlan(
            problem, hasBias: hasBias || normalization != nil, mode: compiler.mode, algorithm: compiler.algorithm,
            on: compiler.engine)
        guard let plan else { return nil }
        self.plan = plan
        self.problem = problem
        self.hasBias = hasBias
        self.node = node
        self.compiler = compiler
        input = compiler.graph.nodes[node].inputs[0].index
    }

    func compile() throws {
        let engine = compiler.engine
        let last = normalization ?? node
        let relu = compiler.onlyReadingReLU(last)
        let reluPlan = relu == nil ? nil : try? plan.forward(relu: true)
        let forward = reluPlan ?? plan.hint
        let result = reluPlan == nil ? last : relu ?? last
        for absorbed in [last, result] where absorbed != node { compiler.absorb(absorbed) }
        let (weights, bias) = try forwardParameters()
        var arguments = [
            DNNL_ARG_SRC_0: try compiler.value(input, in: forward.layout(dnnl_query_src_md)),
            DNNL_ARG_WEIGHTS_0: try compiler.weight(
                compiler.graph.nodes[last].name, weights, in: forward.layout(dnnl_query_weights_md)),
            DNNL_ARG_DST_0: try compiler.makeValue(result, forward.layout(dnnl_query_dst_md)),
        ]
        arguments[DNNL_ARG_BIAS] = bias
        try compiler.emit(PrimitiveCall(forward, arguments, on: engine))
        compiler.onBackward(result) { gradient in
            let slope =
                result == node ? gradient : try compiler.throughReLU(gradient, result: compiler.value(result))
            if compiler.mode == .training { try emitParameterGradients(slope) }
            if compiler.slots[input].wantsGradient { try emitInputGradient(slope) }
        }
    }

    private func outsideWeights() throws -> Memory {
        try Memory(problem.plainWeights, at: compiler.parameter(node, 0).value, on: compiler.engine)
    }

    /// Weights and bias as the forward pass uses them.
    private func forwardParameters() throws -> (weights: Memory, bias: Memory?) {
        let engine = compiler.engine
        let weights = try outsideWeights()
        let bias = try hasBias ? Memory(problem.plainBias, at: compiler.parameter(node, 1).value, on: engine) : nil
        guard let normalization,
            let kernel = compiler.graph.nodes[normalization].operator as? BatchNormalization
        else { return (weights, bias) }
        // scale · (w x + b - mean) / deviation + shift is a convolution with other weights and another bias.
        let statistics = try (0..<4).map { try compiler.parameter(normalization, $0).value.pointer }
        let folded = try (
            weights: Memory(problem.plainWeights, on: engine), bias: Memory(problem.plainBias, on: engine)
        )
        let rowLength = problem.weights.suffix(3).reduce(1, *)
        compiler.prepare("normalization folded into weights") {
            for channel in 0..<kernel.channels {
                let factor = statistics[0][channel] / (statistics[3][channel] + kernel.epsilon).squareRoot()
                let old = bias?.pointer[channel] ?? 0
                folded.bias.pointer[channel] = (old - statistics[2][channel]) * factor + statistics[1][channel]
                for index in channel * rowLength..<(channel + 1) * rowLength {
                    folded.weights.pointer[index] = weights.pointer[index] * factor
                }
            }
        }
        return folded
    }

    private func emitInputGradient(_ gradient: Memory) throws {
        let description = try plan.backwardData()
        let slope = try compiler.converted(gradient, to: description.layout(dnnl_query_diff_dst_md))
        let weights = try compiler.weight(
            compiler.graph.nodes[node].name, outsideWeights(), in: description.layout(dnnl_query_weights_md))
        try compiler.contribute(to: input, in: description.layout(dnnl_query_diff_src_md)) { target in
            try PrimitiveCall(
                description,
                [DNNL_ARG_DIFF_DST_0: slope, DNNL_ARG_WEIGHTS_0: weights, DNNL_ARG_DIFF_SRC_0: target],
                on: compiler.engine)
        }
    }

    private func emitParameterGradients(_ gradient: Memory) throws {
        let engine = compiler.engine
        let description = try plan.backwardWeights()
        let plain = try problem.plainWeights
        let target = try compiler.parameterGradient(node, 0, plain: plain)
        let layout = try description.layout(dnnl_query_diff_weights_md)
        let written = layout == plain ? target : try compiler.makeTemporary(layout)
        var arguments = [
            DNNL_ARG_SRC_0: try compiler.value(input, in: description.layout(dnnl_query_src_md)),
            DNNL_ARG_DIFF_DST_0: try compiler.converted(gradient, to: description.layout(dnnl_query_diff_dst_md)),
            DNNL_ARG_DIFF_WEIGHTS_0: written,
        ]
        if hasBias {
            arguments[DNNL_ARG_DIFF_BIAS] = try compiler.parameterGradient(node, 1, plain: problem.plainBias)
        }
        try compiler.emit(PrimitiveCall(description, arguments, on: engine))
        if written !== target { try compiler.emit(.reorder(written, to: target, on: engine), "reorder of gradients") }
    }
}
