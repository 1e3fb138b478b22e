import Graphs
import Tensors

/// Where along an axis the largest number stands, the first of several; ONNX `ArgMax`, and `ArgMin` for the smallest.
///
/// Positions are whole numbers in floats, exact up to 2²⁴. No gradient passes.
public struct ArgumentOfMaximum: Operator, Hashable {
    /// One name for both; ``kind-swift.property`` is ONNX's.
    public static let kind = "ArgMax"

    /// Along which axis.
    public let axis: Int
    /// Whether the axis stays, with extent 1.
    public let keepsAxis: Bool
    /// Whether the smallest is looked for instead.
    public let minimum: Bool

    /// The operator.
    public init(axis: Int, keepsAxis: Bool, minimum: Bool = false) {
        precondition(axis >= 0, "axis \(axis) is not counted from the front")
        self.axis = axis
        self.keepsAxis = keepsAxis
        self.minimum = minimum
    }

    /// ONNX's name.
    public var kind: String { minimum ? "ArgMin" : "ArgMax" }

    /// The input's shape with 1 for the axis, or without it.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        try AxisView.check(inputs[0], axis: axis)
        var shape = inputs[0]
        if keepsAxis { shape[axis] = 1 } else { shape.remove(at: axis) }
        return shape
    }

    /// Column by column; the first NaN wins over everything.
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

    /// Nothing: between steps the slope is zero.
    public func backward(_ call: BackwardCall) {}
}
