import Graphs
import Tensors

/// The position of the largest number along an axis, the first one of ties; ONNX `ArgMax`, and `ArgMin` for the smallest.
///
/// Positions are integers stored in floats, exact up to 2²⁴. There is no gradient.
public struct ArgumentOfMaximum: Operator, Hashable {
    /// A common name for both; ``kind-swift.property`` is the ONNX name.
    public static let kind = "ArgMax"

    /// The axis along which to search.
    public let axis: Int
    /// Whether the axis stays, with extent 1.
    public let keepsAxis: Bool
    /// Whether to find the smallest number instead.
    public let minimum: Bool

    /// Creates the operator.
    public init(axis: Int, keepsAxis: Bool, minimum: Bool = false) {
        precondition(axis >= 0, "axis \(axis) is negative")
        self.axis = axis
        self.keepsAxis = keepsAxis
        self.minimum = minimum
    }

    /// The ONNX name.
    public var kind: String { minimum ? "ArgMin" : "ArgMax" }

    /// The input's shape with extent 1 for the axis, or without the axis.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        try AxisView.check(inputs[0], axis: axis)
        var shape = inputs[0]
        if keepsAxis { shape[axis] = 1 } else { shape.remove(at: axis) }
        return shape
    }

    /// Column by column; the first NaN beats all numbers.
    public func forward(_ call: ForwardCall) {
        let (input, output) = (call.inputs[0].pointer, call.output.pointer)
        let view = AxisView(call.inputs[0].shape, axis: axis)
        view.forEachBlock { start, width in
            let first = start / (view.extent * view.inner) * view.inner + start % view.inner
            for column in 0..<width {
                var (best, place) = (input[start + column], 0)
                for other in 1..<max(1, view.extent) {
                    let number = input[start + column + other * view.inner]
                    if best.isNaN { break }
                    if number.isNaN || (minimum ? number < best : number > best) { (best, place) = (number, other) }
                }
                output[first + column] = Float(place)
            }
        }
    }

    /// Adds nothing: the gradient is zero almost everywhere.
    public func backward(_ call: BackwardCall) {}
}
