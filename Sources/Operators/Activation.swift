import Graphs
import Tensors

/// A function of each number alone. What each of them computes, and its slope, stands in the table below.
///
/// ``ReLU`` and ``Sigmoid`` are operators of their own.
public struct Activation: Operator, Hashable {
    /// The functions; `x` is the input.
    public enum Function: Hashable, Sendable {
        /// `x` above zero, `slope · x` below.
        case leakyReLU(slope: Float)
        /// `slope · x + shift`, kept between 0 and 1.
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
        /// `x · Φ(x)`, Φ being the normal distribution's (Hendrycks and Gimpel, arXiv:1606.08415); or its approximation by tanh.
        case gelu(approximated: Bool)
        /// `x · sigmoid(x)`.
        case silu
        /// `x`, kept between two numbers; the highest one wins where they cross.
        case clip(lowest: Float, highest: Float)
        /// `x` above the threshold, 0 elsewhere.
        case thresholdedReLU(threshold: Float)
        /// Powers of e.
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
        /// The nearest whole number below.
        case floor
        /// The nearest whole number above.
        case ceil
        /// The nearest whole number; the even one of two.
        case round
        /// The nearest whole number towards zero.
        case truncate
        /// The error function.
        case erf
        /// The sine.
        case sin
        /// The cosine.
        case cos
        /// The tangent.
        case tan
        /// The inverse of the sine.
        case asin
        /// The inverse of the cosine.
        case acos
        /// The inverse of the tangent.
        case atan
        /// The hyperbolic sine.
        case sinh
        /// The hyperbolic cosine.
        case cosh
        /// 1 where `x` is 0, otherwise 0.
        case not
    }

    /// One name for all; ``kind-swift.property`` is ONNX's.
    public static let kind = "Activation"

    /// What is computed.
    public let function: Function

    /// The operator.
    public init(_ function: Function) { self.function = function }

    /// ONNX's name, PyTorch's where ONNX has none.
    public var kind: String { look(NameReader()) }

    /// The input's shape.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] { inputs[0] }

    /// The function; NaN stays NaN, but for `not`.
    public func forward(_ call: ForwardCall) { look(ForwardLoop(call: call)) }

    /// The slope times the function's.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0]?.pointer else { return }
        look(BackwardLoop(call: call, gradient: gradient))
    }
}

/// What may be done with a line of the table of functions.
protocol ActivationReader {
    associatedtype Result
    /// - Parameters:
    ///   - value: Of the input.
    ///   - slope: Of the input and the value there.
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

    @inline(__always)
    func callAsFunction(_ name: String, _ value: (Float) -> Float, _ slope: (Float, Float) -> Float) {
        let (input, output) = (call.forward.inputs[0].pointer, call.forward.output.pointer)
        let incoming = call.outputGradient.pointer
        Parallel.forRanges(call.outputGradient.count, grain: 1 << 13) { range in
            for index in range { gradient[index] += incoming[index] * slope(input[index], output[index]) }
        }
    }
}
