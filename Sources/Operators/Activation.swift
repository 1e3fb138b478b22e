import Graphs
import Tensors

/// An element-wise function of one input. The table (`look`) defines the functions and their derivatives.
///
/// ``ReLU`` and ``Sigmoid`` are separate operators.
public struct Activation: Operator, Hashable {
    /// The functions; `x` is the input.
    public enum Function: Hashable, Sendable {
        /// `x` above zero, `slope · x` below.
        case leakyReLU(slope: Float)
        /// `slope · x + shift`, clamped to [0, 1].
        case hardSigmoid(slope: Float, shift: Float)
        /// `x · hardSigmoid(x)` with slope 1/6 and shift 1/2 (Howard et al., arXiv:1905.02244).
        case hardSwish
        /// `x` above zero, `alpha · (exp(x) - 1)` below (Clevert et al., arXiv:1511.07289).
        case elu(alpha: Float)
        /// `gamma` times the ELU (Klambauer et al., arXiv:1706.02515).
        case selu(alpha: Float, gamma: Float)
        /// `x` above zero, `alpha · (exp(x / alpha) - 1)` below.
        case celu(alpha: Float)
        /// `log(1 + exp(x))`.
        case softplus
        /// `x / (1 + |x|)`.
        case softsign
        /// The hyperbolic tangent.
        case tanh
        /// `x · tanh(softplus(x))` (Misra, arXiv:1908.08681).
        case mish
        /// `x · Φ(x)`, where Φ is the normal distribution's (Hendrycks and Gimpel, arXiv:1606.08415); or its approximation by tanh.
        case gelu(approximated: Bool)
        /// `x · sigmoid(x)`.
        case silu
        /// `x`, clamped to a range; `highest` wins if it is below `lowest`.
        case clip(lowest: Float, highest: Float)
        /// `x` above the threshold, 0 elsewhere.
        case thresholdedReLU(threshold: Float)
        /// The exponential function.
        case exp
        /// The natural logarithm.
        case log
        /// The square root.
        case sqrt
        /// `1 / x`.
        case reciprocal
        /// `|x|`.
        case absolute
        /// `-x`.
        case negate
        /// -1, 0 or 1.
        case sign
        /// The largest integer not above `x`.
        case floor
        /// The smallest integer not below `x`.
        case ceil
        /// The nearest integer; ties go to the even one.
        case round
        /// `x` rounded towards zero.
        case truncate
        /// The error function.
        case erf
        /// The sine.
        case sin
        /// The cosine.
        case cos
        /// The tangent.
        case tan
        /// The inverse sine.
        case asin
        /// The inverse cosine.
        case acos
        /// The inverse tangent.
        case atan
        /// The hyperbolic sine.
        case sinh
        /// The hyperbolic cosine.
        case cosh
        /// 1 where `x` is 0, otherwise 0.
        case not
    }

    /// A common name for all functions; ``kind-swift.property`` is the ONNX name.
    public static let kind = "Activation"

    /// The function.
    public let function: Function

    /// Creates the operator.
    public init(_ function: Function) { self.function = function }

    /// The ONNX name, or PyTorch's where ONNX has none.
    public var kind: String { look(NameReader()) }

    /// The input's shape.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] { inputs[0] }

    /// Applies the function; NaN stays NaN, except for `not`.
    public func forward(_ call: ForwardCall) { look(ForwardLoop(call: call)) }

    /// Multiplies the gradient by the function's derivative. Where a function is flat, nothing passes, not even an infinite gradient, as in
    /// PyTorch.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0]?.pointer else { return }
        look(BackwardLoop(call: call, gradient: gradient, selects: function.isFlatSomewhere))
    }
}

extension Activation.Function {
    /// Whether the function is constant in a range, not only nearly so.
    public var isFlatSomewhere: Bool {
        switch self {
        case .hardSigmoid, .hardSwish, .clip, .thresholdedReLU, .sign, .floor, .ceil, .round, .truncate, .not: true
        case .leakyReLU(let slope): slope == 0
        case .elu, .selu, .celu, .softplus, .softsign, .tanh, .mish, .gelu, .silu, .exp, .log, .sqrt, .reciprocal,
            .absolute, .negate, .erf, .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh:
            false
        }
    }
}

/// An operation on an entry of the table of functions.
protocol ActivationReader {
    associatedtype Result
    /// - Parameters:
    ///   - value: The function of the input.
    ///   - slope: The derivative, given the input and the function's value.
    func callAsFunction(
        _ name: String, _ value: (_ input: Float) -> Float, _ slope: (_ input: Float, _ output: Float) -> Float
    ) -> Result
}

private struct NameReader: ActivationReader {
    @inline(__always)
    func callAsFunction(_ name: String, _ value: (Float) -> Float, _ slope: (Float, Float) -> Float) -> String { name }
}

private struct ForwardLoop: ActivationReader {
    let call: ForwardCall

    @inline(__always)
    func callAsFunction(_ name: String, _ value: (Float) -> Float, _ slope: (Float, Float) -> Float) {
        let (input, output) = (call.inputs[0].pointer, call.output.pointer)
        Parallel.forRanges(call.output.count, grain: 1 << 13) { range in
            for index in range { output[index] = value(input[index]) }
        }
    }
}

private struct BackwardLoop: ActivationReader {
    let call: BackwardCall
    let gradient: UnsafeMutablePointer<Float>
    /// Whether nothing passes where the slope is zero.
    let selects: Bool

    @inline(__always)
    func callAsFunction(_ name: String, _ value: (Float) -> Float, _ slope: (Float, Float) -> Float) {
        let (input, output) = (call.forward.inputs[0].pointer, call.forward.output.pointer)
        let incoming = call.outputGradient.pointer
        Parallel.forRanges(call.outputGradient.count, grain: 1 << 13) { range in
            if selects {
                for index in range {
                    let slope = slope(input[index], output[index])
                    gradient[index] += slope == 0 ? 0 : incoming[index] * slope
                }
            } else {
                for index in range { gradient[index] += incoming[index] * slope(input[index], output[index]) }
            }
        }
    }
}
