import CDNNL
import Graphs

/// A convolution's operations on oneDNN's kernels, each with its layouts chosen.
struct ConvolutionPlan {
    /// The forward operation without anything fused, to which the backward operations belong.
    let forward: PrimitiveDescription
    private let problem: ConvolutionProblem
    private let hasBias: Bool
    private let mode: ProgramMode
    private let engine: Engine
    /// The input's layout; nil if it is left to the library.
    private let source: Layout?
    private let types: NumberTypes

    /// The element types of a convolution. Bias, sums and the gradients of weights are always float32.
    struct NumberTypes {
        /// The types of input, weights and output.
        var source = dnnl_f32, weights = dnnl_f32, target = dnnl_f32
    }

    /// - Parameter source: The current layout of the input; it is kept if a fast kernel accepts it.
    init(
        _ problem: ConvolutionProblem, _ types: NumberTypes, hasBias: Bool, source: Layout, mode: ProgramMode,
        on engine: Engine
    ) throws(OneDNNError) {
        self.types = types
        self.problem = problem
        self.hasBias = hasBias
        self.mode = mode
        self.engine = engine
        var choices: [Layout?] = [nil]
        let isImage = problem.input[1] <= 4
        if pinpoint_likes_channels_last() {
            // All other kernels here are fastest with channels in blocks, for which the library's kernels are just as fast.
            choices =
                (isImage ? [dnnl_abcd] : [dnnl_aBcd16b, dnnl_aBcd8b]).compactMap {
                    try? Layout(problem.input, $0, type: types.source)
                }
                + choices
        }
        // There are fast kernels for blocks of channels, and for images, whose few channels are planar. For other layouts the library would
        // choose a slow kernel rather than none.
        if source.isBlocked || isImage, let own = source.holding(types.source) { choices.insert(own, at: 0) }
        for choice in choices {
            guard
                let forward = try? Self.forward(
                    problem, types, choice, hasBias: hasBias, mode: mode, attributes: nil, on: engine),
                choice == nil || forward.isFast
            else { continue }
            self.forward = forward
            self.source = choice
            return
        }
        throw OneDNNError(call: "dnnl_convolution_forward", status: dnnl_unimplemented.rawValue)
    }

    /// The forward operation with post-processing of its result; nil if oneDNN does not support it.
    func forward(_ attributes: PrimitiveAttributes) -> PrimitiveDescription? {
        try? Self.forward(problem, types, source, hasBias: hasBias, mode: mode, attributes: attributes, on: engine)
    }

    private static func forward(
        _ problem: ConvolutionProblem, _ types: NumberTypes, _ source: Layout?, hasBias: Bool, mode: ProgramMode,
        attributes: PrimitiveAttributes?, on engine: Engine
    ) throws(OneDNNError) -> PrimitiveDescription {
        let layouts = try Layouts(problem, types)
        let kind = mode.hasGradients ? dnnl_forward_training : dnnl_forward_inference
        return try PrimitiveDescription(
            "pinpoint_convolution_forward",
            [source ?? layouts.source, layouts.weights, hasBias ? layouts.bias : nil, layouts.target],
            attributes: attributes, on: engine
        ) {
            pinpoint_convolution_forward(
                $0, $1, kind, problem.directAlgorithm, $2[0], $2[1], $2[2], $2[3], problem.strides, problem.dilations,
                problem.paddingBefore, problem.paddingAfter)
        }
    }

    func backwardData() throws(OneDNNError) -> PrimitiveDescription {
        try backward { layouts throws(OneDNNError) in
            try PrimitiveDescription(
                "pinpoint_convolution_backward_data", [layouts.source, layouts.weights, layouts.target],
                forward: forward, on: engine
            ) {
                pinpoint_convolution_backward_data(
                    $0, $1, problem.directAlgorithm, $2[0], $2[1], $2[2], problem.strides, problem.dilations,
                    problem.paddingBefore,
                    problem.paddingAfter)
            }
        }
    }

    func backwardWeights() throws(OneDNNError) -> PrimitiveDescription {
        try backward { layouts throws(OneDNNError) in
            try PrimitiveDescription(
                "pinpoint_convolution_backward_weights",
                [layouts.source, .any(problem.weights), hasBias ? layouts.bias : nil, layouts.target], forward: forward,
                on: engine
            ) {
                pinpoint_convolution_backward_weights(
                    $0, $1, problem.directAlgorithm, $2[0], $2[1], $2[2], $2[3], problem.strides, problem.dilations,
                    problem.paddingBefore, problem.paddingAfter)
            }
        }
    }

    private func backward(
        _ describe: (Layouts) throws(OneDNNError) -> PrimitiveDescription
    ) throws(OneDNNError) -> PrimitiveDescription {
        if pinpoint_likes_channels_last(), let own = try? Layouts(problem, types, of: forward),
            let description = try? describe(own), description.isFast
        {
            return description
        }
        // The library supports mixed types in no backward operation except the gradient of weights.
        let types = NumberTypes(source: types.source, weights: types.weights, target: types.source)
        return try describe(Layouts(problem, types))
    }

    /// The layouts of a convolution's tensors, chosen by the library.
    private struct Layouts {
        var source, weights, bias, target: Layout

        /// The forward pass's layouts for input and output.
        init(
            _ problem: ConvolutionProblem, _ types: NumberTypes, of forward: PrimitiveDescription
        ) throws(OneDNNError) {
            try self.init(problem, types)
            source = try forward.layout(dnnl_query_src_md)
            target = try forward.layout(dnnl_query_dst_md)
        }

        init(_ problem: ConvolutionProblem, _ types: NumberTypes) throws(OneDNNError) {
            source = try .any(problem.input, type: types.source)
            weights = try .any(problem.weights, type: types.weights)
            bias = try problem.plainBias
            target = try .any(problem.output, type: types.target)
        }
    }
}
