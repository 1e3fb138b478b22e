import Graphs
import Tensors

/// The product of two values, element by element; ONNX `Mul`. Shapes broadcast as NumPy's.
public struct Multiply: Operator, Hashable {
    /// ONNX's name.
    public static let kind = "Mul"

    /// The operator; it has no attributes.
    public init() {}

    /// Two.
    public var inputCount: ClosedRange<Int> { 2...2 }

    /// The shape that both broadcast to.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] { try Broadcasting.shape(inputs) }

    /// The formula above.
    public func forward(_ call: ForwardCall) { Broadcasting.combine(call) { $0 * $1 } }

    /// Each input gets the slope times the other one.
    public func backward(_ call: BackwardCall) {
        Broadcasting.accumulate(call, input: 0) { slope, _, right in slope * right }
        Broadcasting.accumulate(call, input: 1) { slope, left, _ in slope * left }
    }
}
