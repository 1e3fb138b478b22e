import CDNNL
import Graphs
import Operators

/// A function of each number alone as oneDNN has it.
struct EltwiseFunction {
    let algorithm: dnnl_alg_kind_t
    /// The same function, its gradient told from its result; nil where that cannot be.
    let byResult: dnnl_alg_kind_t?
    var alpha: Float = 0
    var beta: Float = 0

    static let relu = EltwiseFunction(algorithm: dnnl_eltwise_relu, byResult: dnnl_eltwise_relu_use_dst_for_bwd)
    static let logistic = EltwiseFunction(
        algorithm: dnnl_eltwise_logistic, byResult: dnnl_eltwise_logistic_use_dst_for_bwd)
    /// `x · sigmoid(x)`.
    static let swish = EltwiseFunction(algorithm: dnnl_eltwise_swish, byResult: nil, alpha: 1)

    init(algorithm: dnnl_alg_kind_t, byResult: dnnl_alg_kind_t?, alpha: Float = 0, beta: Float = 0) {
        self.algorithm = algorithm
        self.byResult = byResult
        self.alpha = alpha
        self.beta = beta
    }

    /// The function of an operator, where oneDNN has just that.
    init?(_ kernel: (any Operator)?) {
        switch kernel {
        case is ReLU: self = .relu
        case is Sigmoid: self = .logistic
        case let activation as Activation: self.init(activation.function)
        default: return nil
        }
    }

    private init?(_ function: Activation.Function) {
        switch function {
        case .leakyReLU(let slope):
            // From a negative slope nobody can tell on which side the input was.
            self.init(
                algorithm: dnnl_eltwise_relu, byResult: slope >= 0 ? dnnl_eltwise_relu_use_dst_for_bwd : nil,
                alpha: slope)
        case .elu(let alpha): self.init(algorithm: dnnl_eltwise_elu, byResult: nil, alpha: alpha)
        case .tanh: self.init(algorithm: dnnl_eltwise_tanh, byResult: dnnl_eltwise_tanh_use_dst_for_bwd)
        case .clip(let lowest, let highest) where lowest < highest:
            self.init(
                algorithm: dnnl_eltwise_clip_v2, byResult: dnnl_eltwise_clip_v2_use_dst_for_bwd, alpha: lowest,
                beta: highest)
        // Slopes and shifts that oneDNN 2 knows itself, and oneDNN 3 wants to be told.
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

    /// Whether its gradient can be told from its result, which is all that a convolution leaves that does it on the way.
    var isKnownByResult: Bool { byResult != nil }
}
