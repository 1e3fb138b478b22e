import Graphs
import Tensors

/// The sum of two values, element by element; ONNX `Add`. Shapes broadcast as NumPy's.
public struct Add: Operator, Hashable {
    /// ONNX's name.
    public static let kind = "Add"

    /// The operator; it has no attributes.
    public init() {}

    /// Two.
    public var inputCount: ClosedRange<Int> { 2...2 }

    /// The shape that both broadcast to.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] { try Broadcasting.shape(inputs) }

    /// The formula above.
    public func forward(_ call: ForwardCall) { Broadcasting.combine(call) { $0 + $1 } }

    /// Both inputs get the slope as it is.
    public func backward(_ call: BackwardCall) {
        for input in 0..<2 { Broadcasting.accumulate(call, input: input) { slope, _, _ in slope } }
    }
}
