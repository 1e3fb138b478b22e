import CDNNL
import Graphs

/// The operations of a convolution by oneDNN, each with its layouts chosen.
struct ConvolutionPlan {
    /// The forward operation without anything fused, to which the backward ones belong.
    let forward: PrimitiveDescription
    private let problem: ConvolutionProblem
    private let hasBias: Bool
    private let mode: ProgramMode
    private let engine: Engine
    /// The input's layout where it is not left to the library.
    private let source: Layout?
    private let types: NumberTypes

    /// The kinds of a convolution's numbers. Bias, sums and the gradients of weights are float32 always.
    struct NumberTypes {
        /// The input's, the weights' and the output's.
        var source = dnnl_f32, weights = dnnl_f32, target = dnnl_f32
    }

    /// - Parameter source: The layout that the input has; it is kept where a fast kernel takes it.
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
            // All else here is fastest with channels in blocks, and for these the library's kernels are as fast.
            choices =
                (isImage ? [dnnl_abcd] : [dnnl_aBcd16b, dnnl_aBcd8b]).compactMap {
                    try? Layout(problem.input, $0, type: types.source)
                }
                + choices
        }
        // There are fast kernels for blocks of channels, and for images, whose few channels lie apart. For another layout
        // the library would rather give a slow kernel than none.
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

    /// The forward operation with something done to its result; nothing where oneDNN cannot.
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
        // The library mixes kinds in no backward operation but the gradient of weights.
        let types = NumberTypes(source: types.source, weights: types.weights, target: types.source)
        return try describe(Layouts(problem, types))
    }

    /// All left to the library.
    private struct Layouts {
        var source, weights, bias, target: Layout

        /// The forward pass's for input and output.
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
