import CDNNL
import Graphs

/// The operations of a convolution, with their algorithm chosen.
struct ConvolutionPlan {
    /// The forward operation, to which the backward ones belong.
    let hint: PrimitiveDescription
    private let problem: ConvolutionProblem
    private let hasBias: Bool
    private let mode: ProgramMode
    private let engine: Engine
    private let algorithm: dnnl_alg_kind_t

    init(
        _ problem: ConvolutionProblem, hasBias: Bool, mode: ProgramMode, algorithm: ConvolutionAlgorithm,
        on engine: Engine
    ) throws(OneDNNError) {
        var candidates = [problem.isTransposed ? dnnl_deconvolution_direct : dnnl_convolution_direct]
        if algorithm == .automatic && problem.suitsWinograd { candidates.insert(dnnl_convolution_winograd, at: 0) }
        self.problem = problem
        self.hasBias = hasBias
        self.mode = mode
        self.engine = engine
        for candidate in candidates {
            let hint = try? Self.forward(problem, candidate, hasBias: hasBias, mode: mode, relu: false, on: engine)
            guard let hint else { continue }
            self.hint = hint
            self.algorithm = candidate
            return
        }
        throw OneDNNError(call: "dnnl_convolution_forward", status: dnnl_unimplemented.rawValue)
    }

    func forward(relu: Bool) throws(OneDNNError) -> PrimitiveDescription {
        try Self.forward(problem, algorithm, hasBias: hasBias, mode: mode, relu: relu, on: engine)
    }

    private static func forward(
        _ problem: ConvolutionProblem, _ algorithm: dnnl_alg_kind_t, hasBias: Bool, mode: ProgramMode, relu: Bool,
        on engine: Engine
    ) throws(OneDNNError) -> PrimitiveDescription {
        var descriptor = dnnl_convolution_desc_t()
        var layouts = try Layouts(problem)
        let kind = mode.hasGradients ? dnnl_forward_training : dnnl_forward_inference
        let initialize =
            problem.isTransposed
            ? dnnl_dilated_deconvolution_forward_desc_init : dnnl_dilated_convolution_forward_desc_init
        try check(
            "dnnl_convolution_forward_desc_init",
            withUnsafePointer(to: &layouts.bias) { bias in
                initialize(
                    &descriptor, kind, algorithm, &layouts.source, &layouts.weights, hasBias ? bias : nil,
                    &layouts.target, problem.strides, problem.dilations, problem.paddingBefore, problem.paddingAfter)
            })
        return try PrimitiveDescription(
            &descriptor, attributes: relu ? PrimitiveAttributes.relu() : nil, on: engine)
    }

    func backwardData() throws(OneDNNError) -> PrimitiveDescription {
        var descriptor = dnnl_convolution_desc_t()
        var layouts = try Layouts(problem)
        let initialize =
            problem.isTransposed
            ? dnnl_dilated_deconvolution_backward_data_desc_init : dnnl_dilated_convolution_backward_data_desc_init
        try check(
            "dnnl_convolution_backward_data_desc_init",
            initialize(
                &descriptor, algorithm, &layouts.source, &layouts.weights, &layouts.target, problem.strides,
                problem.dilations, problem.paddingBefore, problem.paddingAfter))
        return try PrimitiveDescription(&descriptor, hint: hint, on: engine)
    }

    func backwardWeights() throws(OneDNNError) -> PrimitiveDescription {
        var descriptor = dnnl_convolution_desc_t()
        var layouts = try Layouts(problem)
        let initialize =
            problem.isTransposed
            ? dnnl_dilated_deconvolution_backward_weights_desc_init
            : dnnl_dilated_convolution_backward_weights_desc_init
        try check(
            "dnnl_convolution_backward_weights_desc_init",
            withUnsafePointer(to: &layouts.bias) { bias in
                initialize(
                    &descriptor, algorithm, &layouts.source, &layouts.weights, hasBias ? bias : nil, &layouts.target,
                    problem.strides, problem.dilations, problem.paddingBefore, problem.paddingAfter)
            })
        return try PrimitiveDescription(&descriptor, hint: hint, on: engine)
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
