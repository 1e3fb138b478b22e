import Graphs
import Tensors

/// The element-wise sum of two values, with NumPy broadcasting; ONNX `Add`.
public struct Add: Operator, Hashable {
    /// The ONNX name.
    public static let kind = "Add"

    /// Creates the operator; it has no attributes.
    public init() {}

    /// Two inputs.
    public var inputCount: ClosedRange<Int> { 2...2 }

    /// The broadcast shape of both.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] { try Broadcasting.shape(inputs) }

    /// Computes the formula above.
    public func forward(_ call: ForwardCall) { Broadcasting.combine(call) { $0 + $1 } }

    /// Both inputs get the gradient unchanged.
    public func backward(_ call: BackwardCall) {
        for input in 0..<2 { Broadcasting.accumulate(call, input: input) { slope, _, _ in slope } }
    }
}
