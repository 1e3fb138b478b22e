import CDNNL
import Graphs
import Operators

/// An elementwise function that oneDNN supports.
struct EltwiseFunction {
    let algorithm: dnnl_alg_kind_t
    /// The same function with its gradient computed from its result; nil if that is not possible.
    let byResult: dnnl_alg_kind_t?
    var alpha: Float = 0
    var beta: Float = 0
    /// Whether the function is constant in a range, where it passes no gradient.
    var isFlatSomewhere = false

    static let relu = EltwiseFunction(
        algorithm: dnnl_eltwise_relu, byResult: dnnl_eltwise_relu_use_dst_for_bwd, isFlatSomewhere: true)
    static let logistic = EltwiseFunction(
        algorithm: dnnl_eltwise_logistic, byResult: dnnl_eltwise_logistic_use_dst_for_bwd)
    /// `x · sigmoid(x)`.
    static let swish = EltwiseFunction(algorithm: dnnl_eltwise_swish, byResult: nil, alpha: 1)

    init(
        algorithm: dnnl_alg_kind_t, byResult: dnnl_alg_kind_t?, alpha: Float = 0, beta: Float = 0,
        isFlatSomewhere: Bool = false
    ) {
        self.isFlatSomewhere = isFlatSomewhere
        self.algorithm = algorithm
        self.byResult = byResult
        self.alpha = alpha
        self.beta = beta
    }

    /// The function of an operator, if oneDNN supports exactly that.
    init?(_ kernel: (any Operator)?) {
        switch kernel {
        case is ReLU: self = .relu
        case is Sigmoid: self = .logistic
        case let activation as Activation:
            self.init(activation.function)
            isFlatSomewhere = activation.function.isFlatSomewhere
        default: return nil
        }
    }

    private init?(_ function: Activation.Function) {
        switch function {
        case .leakyReLU(let slope):
            // With a negative slope, the sign of the result does not determine the sign of the input.
            self.init(
                algorithm: dnnl_eltwise_relu, byResult: slope >= 0 ? dnnl_eltwise_relu_use_dst_for_bwd : nil,
                alpha: slope)
        case .elu(let alpha): self.init(algorithm: dnnl_eltwise_elu, byResult: nil, alpha: alpha)
        case .tanh: self.init(algorithm: dnnl_eltwise_tanh, byResult: dnnl_eltwise_tanh_use_dst_for_bwd)
        case .clip(let lowest, let highest) where lowest < highest:
            self.init(
                algorithm: dnnl_eltwise_clip_v2, byResult: dnnl_eltwise_clip_v2_use_dst_for_bwd, alpha: lowest,
                beta: highest)
        // Slopes and shifts are built into oneDNN 2, but arguments in oneDNN 3.
        case .hardSwish: self.init(algorithm: dnnl_eltwise_hardswish, byResult: nil, alpha: 1 / 6, beta: 0.5)
        case .silu: self = .swish
        case .mish: self.init(algorithm: dnnl_eltwise_mish, byResult: nil)
        case .softplus: self.init(algorithm: dnnl_eltwise_soft_relu, byResult: nil, alpha: 1)
        case .gelu(approximated: false): self.init(algorithm: dnnl_eltwise_gelu_erf, byResult: nil)
        case .gelu(approximated: true): self.init(algorithm: dnnl_eltwise_gelu_tanh, byResult: nil)
        case .exp: self.init(algorithm: dnnl_eltwise_exp, byResult: dnnl_eltwise_exp_use_dst_for_bwd)
        default: return nil
        }
    }

    /// Whether its gradient can be computed from its result, which is all that remains if a convolution applies the function.
    var isKnownByResult: Bool { byResult != nil }
}
