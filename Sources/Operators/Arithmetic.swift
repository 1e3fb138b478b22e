import Foundation
import Graphs
import Tensors

/// A function of two values, element by element: what is left of arithmetic beside ``Add`` and ``Multiply``. Shapes broadcast as
/// NumPy's.
public struct Arithmetic: Operator, Hashable {
    /// What is computed of `left` and `right`.
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
        /// What remains after division by `right`, with the sign of `right`; ONNX `Mod`.
        case modulo
        /// What remains after division by `right`, with the sign of `left`; ONNX `Mod` with `fmod`.
        case remainder
    }

    /// One name for all; ``kind-swift.property`` is ONNX's.
    public static let kind = "Arithmetic"

    /// What is computed.
    public let function: Function

    /// The operator.
    public init(_ function: Function) { self.function = function }

    /// ONNX's name.
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

    /// Two.
    public var inputCount: ClosedRange<Int> { 2...2 }

    /// The shape that both broadcast to.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] { try Broadcasting.shape(inputs) }

    /// The function; NaN in either input gives NaN, but for powers of 1 and to the power of 0.
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

    /// The partial derivatives; where two are equal, each is half the maximum and half the minimum.
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

    /// How much of the larger one is the first.
    private static func share(_ first: Float, of second: Float) -> Float {
        first > second ? 1 : first == second ? 0.5 : 0
    }

    private static func modulo(_ left: Float, _ right: Float) -> Float {
        let rest = fmod(left, right)
        return rest != 0 && (rest < 0) != (right < 0) ? rest + right : rest
    }
}
