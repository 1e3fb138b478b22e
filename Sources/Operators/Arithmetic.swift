import Foundation
import Graphs
import Tensors

/// An element-wise function of two values, other than ``Add`` and ``Multiply``, with NumPy broadcasting.
public struct Arithmetic: Operator, Hashable {
    /// The functions of `left` and `right`.
    public enum Function: Hashable, Sendable, CaseIterable {
        /// `left - right`; ONNX `Sub`.
        case subtract
        /// `left / right`; ONNX `Div`.
        case divide
        /// `left` to the power of `right`; ONNX `Pow`.
        case power
        /// The larger one; ONNX `Max` of two.
        case maximum
        /// The smaller one; ONNX `Min` of two.
        case minimum
        /// The remainder of division by `right`, with the sign of `right`; ONNX `Mod`.
        case modulo
        /// The remainder of division by `right`, with the sign of `left`; ONNX `Mod` with `fmod`.
        case remainder
    }

    /// A common name for all functions; ``kind-swift.property`` is the ONNX name.
    public static let kind = "Arithmetic"

    /// The function.
    public let function: Function

    /// Creates the operator.
    public init(_ function: Function) { self.function = function }

    /// The ONNX name.
    public var kind: String {
        switch function {
        case .subtract: "Sub"
        case .divide: "Div"
        case .power: "Pow"
        case .maximum: "Max"
        case .minimum: "Min"
        case .modulo, .remainder: "Mod"
        }
    }

    /// Two inputs.
    public var inputCount: ClosedRange<Int> { 2...2 }

    /// The broadcast shape of both.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] { try Broadcasting.shape(inputs) }

    /// Applies the function; NaN in either input gives NaN, except for powers of 1 and to the power of 0.
    public func forward(_ call: ForwardCall) {
        switch function {
        case .subtract: Broadcasting.combine(call) { $0 - $1 }
        case .divide: Broadcasting.combine(call) { $0 / $1 }
        case .power: Broadcasting.combine(call, grain: 1 << 12) { $1 == 2 ? $0 * $0 : pow($0, $1) }
        case .maximum: Broadcasting.combine(call) { left, right in left > right || left.isNaN ? left : right }
        case .minimum: Broadcasting.combine(call) { left, right in left < right || left.isNaN ? left : right }
        case .modulo: Broadcasting.combine(call, grain: 1 << 12) { Self.modulo($0, $1) }
        case .remainder: Broadcasting.combine(call, grain: 1 << 12) { fmod($0, $1) }
        }
    }

    /// Applies the partial derivatives; a maximum or minimum of equal numbers is divided equally between both.
    public func backward(_ call: BackwardCall) {
        switch function {
        case .subtract:
            Broadcasting.accumulate(call, input: 0) { slope, _, _ in slope }
            Broadcasting.accumulate(call, input: 1) { slope, _, _ in -slope }
        case .divide:
            Broadcasting.accumulate(call, input: 0) { slope, _, right in slope / right }
            Broadcasting.accumulate(call, input: 1) { slope, left, right in -slope * left / (right * right) }
        case .power:
            Broadcasting.accumulate(call, input: 0, grain: 1 << 12) { slope, left, right in
                right == 0 ? 0 : right == 2 ? 2 * slope * left : slope * right * pow(left, right - 1)
            }
            Broadcasting.accumulate(call, input: 1, grain: 1 << 12) { slope, left, right in
                left == 0 && right >= 0 ? 0 : slope * pow(left, right) * log(left)
            }
        case .maximum:
            Broadcasting.accumulate(call, input: 0) { slope, left, right in slope * Self.share(left, of: right) }
            Broadcasting.accumulate(call, input: 1) { slope, left, right in slope * Self.share(right, of: left) }
        case .minimum:
            Broadcasting.accumulate(call, input: 0) { slope, left, right in slope * Self.share(right, of: left) }
            Broadcasting.accumulate(call, input: 1) { slope, left, right in slope * Self.share(left, of: right) }
        case .modulo:
            Broadcasting.accumulate(call, input: 0) { slope, _, _ in slope }
            Broadcasting.accumulate(call, input: 1) { slope, left, right in -slope * (left / right).rounded(.down) }
        case .remainder:
            Broadcasting.accumulate(call, input: 0) { slope, _, _ in slope }
            Broadcasting.accumulate(call, input: 1) { slope, left, right in
                -slope * (left / right).rounded(.towardZero)
            }
        }
    }

    /// Returns the share of the first number in the maximum: 1, 0, or half if they are equal.
    private static func share(_ first: Float, of second: Float) -> Float {
        first > second ? 1 : first == second ? 0.5 : 0
    }

    /// Returns the remainder with the sign of the divisor, which a remainder of zero has, too.
    package static func modulo(_ left: Float, _ right: Float) -> Float {
        let rest = fmod(left, right)
        if rest == 0 { return Float(signOf: right, magnitudeOf: rest) }
        return (rest < 0) != (right < 0) ? rest + right : rest
    }
}
