import CDNNL
import Graphs

/// The operations of a convolution, each with its algorithm and layouts chosen.
struct ConvolutionPlan {
    /// The forward operation without anything fused, to which the backward ones belong.
    let forward: PrimitiveDescription
    private let problem: ConvolutionProblem
    private let hasBias: Bool
    private let mode: ProgramMode
    private let engine: Engine
    private let forwardChoice: Choice

    /// An algorithm, and the input's layout where it is not left to the library.
    private struct Choice {
        let algorithm: dnnl_alg_kind_t
        var source: Layout?
    }

    /// - Parameter source: The layout that the input has; it is kept where a fast kernel takes it.
    init(
        _ problem: ConvolutionProblem, hasBias: Bool, source: Layout, mode: ProgramMode, on engine: Engine
    ) throws(OneDNNError) {
        self.problem = problem
        self.hasBias = hasBias
        self.mode = mode
        self.engine = engine
        let direct = problem.directAlgorithm
        var choices = [Choice(algorithm: direct)]
        // There are fast kernels for blocks of channels, and for pictures, whose few channels lie apart. For another layout
        // the library would rather give a slow kernel than none.
        if source.isBlocked || problem.input[1] <= 4 {
            choices.insert(Choice(algorithm: direct, source: source), at: 0)
        }
        for choice in choices {
            guard
                let forward = try? Self.forward(
                    problem, choice, hasBias: hasBias, mode: mode, attributes: nil, on: engine),
                choice.source == nil || forward.implementation.contains("jit")
            else { continue }
            self.forward = forward
            forwardChoice = choice
            return
        }
        throw OneDNNError(call: "dnnl_convolution_forward", status: dnnl_unimplemented.rawValue)
    }

    /// The forward operation with something done to its result; nothing where oneDNN cannot.
    func forward(_ attributes: PrimitiveAttributes) -> PrimitiveDescription? {
        try? Self.forward(problem, forwardChoice, hasBias: hasBias, mode: mode, attributes: attributes, on: engine)
    }

    private static func forward(
        _ problem: ConvolutionProblem, _ choice: Choice, hasBias: Bool, mode: ProgramMode,
        attributes: PrimitiveAttributes?, on engine: Engine
    ) throws(OneDNNError) -> PrimitiveDescription {
        var descriptor = dnnl_convolution_desc_t()
        var layouts = try Layouts(problem)
        if let source = choice.source { layouts.source = source.descriptor }
        let kind = mode.hasGradients ? dnnl_forward_training : dnnl_forward_inference
        let initialize =
            problem.isTransposed
            ? dnnl_dilated_deconvolution_forward_desc_init : dnnl_dilated_convolution_forward_desc_init
        try check(
            "dnnl_convolution_forward_desc_init",
            withUnsafePointer(to: &layouts.bias) { bias in
                initialize(
                    &descriptor, kind, choice.algorithm, &layouts.source, &layouts.weights, hasBias ? bias : nil,
                    &layouts.target, problem.strides, problem.dilations, problem.paddingBefore, problem.paddingAfter)
            })
        return try PrimitiveDescription(&descriptor, attributes: attributes, on: engine)
    }

    func backwardData() throws(OneDNNError) -> PrimitiveDescription {
        let initialize =
            problem.isTransposed
            ? dnnl_dilated_deconvolution_backward_data_desc_init : dnnl_dilated_convolution_backward_data_desc_init
        return try backward { descriptor, algorithm, layouts in
            initialize(
                &descriptor, algorithm, &layouts.source, &layouts.weights, &layouts.target, problem.strides,
                problem.dilations, problem.paddingBefore, problem.paddingAfter)
        }
    }

    func backwardWeights() throws(OneDNNError) -> PrimitiveDescription {
        let initialize =
            problem.isTransposed
            ? dnnl_dilated_deconvolution_backward_weights_desc_init
            : dnnl_dilated_convolution_backward_weights_desc_init
        return try backward { descriptor, algorithm, layouts in
            withUnsafePointer(to: &layouts.bias) { bias in
                initialize(
                    &descriptor, algorithm, &layouts.source, &layouts.weights, hasBias ? bias : nil, &layouts.target,
                    problem.strides, problem.dilations, problem.paddingBefore, problem.paddingAfter)
            }
        }
    }

    private func backward(
        _ initialize: (inout dnnl_convolution_desc_t, dnnl_alg_kind_t, inout Layouts) -> dnnl_status_t
    ) throws(OneDNNError) -> PrimitiveDescription {
        var descriptor = dnnl_convolution_desc_t()
        var layouts = try Layouts(problem)
        try check(
            "dnnl_convolution_backward_desc_init", initialize(&descriptor, problem.directAlgorithm, &layouts))
        return try PrimitiveDescription(&descriptor, hint: forward, on: engine)
    }

    /// All left to the library.
    private struct Layouts {
        var source, weights, bias, target: dnnl_memory_desc_t

        init(_ problem: ConvolutionProblem) throws(OneDNNError) {
            source = try Layout.any(problem.input).descriptor
            weights = try Layout.any(problem.weights).descriptor
            bias = try problem.plainBias.descriptor
            target = try Layout.any(problem.output).descriptor
        }
    }
}
