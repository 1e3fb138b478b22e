import Graphs
import Tensors

/// The element-wise product of two values, with NumPy broadcasting; ONNX `Mul`.
public struct Multiply: Operator, Hashable {
    /// The ONNX name.
    public static let kind = "Mul"

    /// Creates the operator; it has no attributes.
    public init() {}

    /// Two inputs.
    public var inputCount: ClosedRange<Int> { 2...2 }

    /// The broadcast shape of both.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] { try Broadcasting.shape(inputs) }

    /// Computes the formula above.
    public func forward(_ call: ForwardCall) { Broadcasting.combine(call) { $0 * $1 } }

    /// Each input gets the gradient times the other input.
    public func backward(_ call: BackwardCall) {
        Broadcasting.accumulate(call, input: 0) { slope, _, right in slope * right }
        Broadcasting.accumulate(call, input: 1) { slope, left, _ in slope * left }
    }
}
