import Graphs
import Tensors

/// Chooses one element per index along an axis; ONNX `GatherElements`, PyTorch's `gather`.
///
///     output[i, j, k] = data[i, index[i, j, k], k]      (for the second of three axes)
///
/// Inputs are the data and the indices: whole numbers stored in floats, exact up to 2²⁴, negative ones counted from the end. The output has
/// the shape of the indices, which along the other axes may be smaller than the data. An index outside the axis gives NaN.
public struct GatherElements: Operator, Hashable {
    /// The ONNX name.
    public static let kind = "GatherElements"

    /// The axis, counted from 0.
    public let axis: Int

    /// Creates a choice of elements.
    public init(axis: Int) {
        precondition(axis >= 0, "axis \(axis) is negative")
        self.axis = axis
    }

    /// The data and the indices.
    public var inputCount: ClosedRange<Int> { 2...2 }

    /// The shape of the indices.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        let (data, index) = (inputs[0], inputs[1])
        try AxisView.check(data, axis: axis)
        guard data.count == index.count,
            data.indices.allSatisfy({ index[$0] >= 0 && ($0 == axis || index[$0] <= data[$0]) })
        else {
            throw ShapeError("indices of the shape \(index) do not fit data of the shape \(data) along axis \(axis)")
        }
        return index
    }

    /// Copies the chosen elements.
    public func forward(_ call: ForwardCall) {
        let plan = Plan(data: call.inputs[0].shape, index: call.inputs[1].shape, axis: axis)
        let (data, index, output) = (call.inputs[0].pointer, call.inputs[1].pointer, call.output.pointer)
        plan.forEach { element, base in
            output[element] = plan.offset(index[element]).map { data[base + $0] } ?? .nan
        }
    }

    /// Each element of the data gets the sum of the gradients of its copies; indices have no gradient.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0] else { return }
        let plan = Plan(data: gradient.shape, index: call.forward.inputs[1].shape, axis: axis)
        let (index, slope) = (call.forward.inputs[1].pointer, call.outputGradient.pointer)
        plan.forEach { element, base in
            if let offset = plan.offset(index[element]) { gradient.pointer[base + offset] += slope[element] }
        }
    }

    /// Where elements come from, apart from their index: the offsets in the data of the positions before and behind the axis.
    private struct Plan {
        private let outer, inner: [Int]
        private let count, extent, step: Int

        init(data: [Int], index: [Int], axis: Int) {
            let steps = strides(data)
            func offsets(_ axes: Range<Int>) -> [Int] {
                axes.reduce([0]) { offsets, axis in
                    offsets.flatMap { offset in (0..<index[axis]).map { offset + $0 * steps[axis] } }
                }
            }
            (outer, inner) = (offsets(0..<axis), offsets(axis + 1..<data.count))
            (count, extent, step) = (index[axis], data[axis], steps[axis])
        }

        /// Calls `body` with each element of the output and the offset of position 0 of its axis in the data. Elements that may have the
        /// same source are processed in order on one thread.
        func forEach(_ body: (_ element: Int, _ base: Int) -> Void) {
            Parallel.forEach(outer.count) { unit, _ in
                var element = unit * count * inner.count
                for _ in 0..<count {
                    for offset in inner {
                        body(element, outer[unit] + offset)
                        element += 1
                    }
                }
            }
        }

        /// Returns the distance from position 0; nil for an index outside the axis.
        func offset(_ index: Float) -> Int? {
            guard abs(index) <= Float(extent) else { return nil }
            let position = Int(index.rounded())
            let place = position < 0 ? position + extent : position
            return place < extent ? place * step : nil
        }
    }
}
