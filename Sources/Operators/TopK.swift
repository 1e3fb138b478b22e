import Graphs
import Tensors

/// The largest numbers along an axis in descending order, or their positions; ONNX `TopK`, PyTorch's `topk`.
///
/// Of equal numbers the first ones come first; NaN is larger than all numbers. Positions are whole numbers stored in floats.
public struct TopK: Operator, Hashable {
    /// The two results, which are two nodes.
    public enum Result: Hashable, Sendable {
        /// The numbers themselves.
        case values
        /// Where they are along the axis; without a gradient.
        case positions
    }

    /// The ONNX name.
    public static let kind = "TopK"

    /// Which result this node returns.
    public let result: Result
    /// The axis, counted from 0.
    public let axis: Int
    /// How many numbers.
    public let count: Int
    /// Whether to find the smallest numbers, in ascending order.
    public let smallest: Bool

    /// Creates the operator.
    public init(_ result: Result, axis: Int, count: Int, smallest: Bool = false) {
        precondition(axis >= 0 && count >= 0, "axis \(axis) or count \(count) is negative")
        self.result = result
        self.axis = axis
        self.count = count
        self.smallest = smallest
    }

    /// The input's shape with the count as the axis' extent.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        try AxisView.check(inputs[0], axis: axis)
        guard count <= inputs[0][axis], inputs[0][axis] <= 1 << 24 else {
            throw ShapeError("axis \(axis) of \(inputs[0]) has too few or too many positions to find \(count)")
        }
        var shape = inputs[0]
        shape[axis] = count
        return shape
    }

    /// The positions of the values.
    public func savedCount(inputs: [[Int]], output: [Int]) -> Int { result == .values ? output.reduce(1, *) : 0 }

    /// Sorts the positions of each column by their numbers.
    public func forward(_ call: ForwardCall) {
        let (input, output, saved) = (call.inputs[0].pointer, call.output.pointer, call.saved.pointer)
        forEachColumn(call.inputs[0].shape) { start, first, view in
            func number(_ place: Int) -> Float { input[start + place * view.inner] }
            let order = (0..<view.extent).sorted { left, right in
                let (a, b) = (number(left), number(right))
                if a.isNaN != b.isNaN { return smallest ? b.isNaN : a.isNaN }
                return a == b || a.isNaN ? left < right : smallest ? a < b : a > b
            }
            for (rank, place) in order.prefix(count).enumerated() {
                let target = first + rank * view.inner
                output[target] = result == .values ? number(place) : Float(place)
                if result == .values { saved[target] = Float(place) }
            }
        }
    }

    /// Each of the values passes its gradient to where it was found.
    public func backward(_ call: BackwardCall) {
        guard result == .values, let gradient = call.inputGradients[0] else { return }
        let (slope, saved) = (call.outputGradient.pointer, call.forward.saved.pointer)
        forEachColumn(gradient.shape) { start, first, view in
            for rank in 0..<count {
                let target = first + rank * view.inner
                gradient.pointer[start + Int(saved[target]) * view.inner] += slope[target]
            }
        }
    }

    /// Calls `body` with the first element of each column of the input and of the output.
    private func forEachColumn(_ input: [Int], _ body: (_ start: Int, _ first: Int, _ view: AxisView) -> Void) {
        let view = AxisView(input, axis: axis)
        view.forEachBlock { start, width in
            let outer = start / (view.extent * view.inner)
            for column in 0..<width {
                body(start + column, outer * count * view.inner + start % view.inner + column, view)
            }
        }
    }
}
