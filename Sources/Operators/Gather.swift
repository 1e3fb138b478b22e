import Graphs

/// Some positions of an axis, in any order, any of them several times; ONNX `Gather` with constant indices.
///
/// The axis makes room for those of the indices: `[…, axis, …]` becomes `[…, indexShape…, …]`.
public struct Gather: Operator, Hashable {
    /// ONNX's name.
    public static let kind = "Gather"

    /// The axis, from 0 on.
    public let axis: Int
    /// Which positions; negative ones count from the end.
    public let indices: [Int]
    /// The extents of the indices; none drops the axis.
    public let indexShape: [Int]

    /// A choice of positions.
    public init(axis: Int, indices: [Int], indexShape: [Int]) {
        self.axis = axis
        self.indices = indices
        self.indexShape = indexShape
    }

    /// The input's shape with the indices' in the place of the axis.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        let input = inputs[0]
        try Extents.requireAxis(axis, of: input)
        var count = 1
        for extent in indexShape { count = try Extents.product(count, extent) }
        guard count == indices.count, indexShape.allSatisfy({ $0 >= 0 }) else {
            throw ShapeError("\(indices.count) indices do not fill the shape \(indexShape)")
        }
        let extent = input[axis]
        if let index = indices.first(where: { !(-extent..<extent).contains($0) }) {
            throw ShapeError("axis \(axis) of \(input) has no position \(index)")
        }
        return input[..<axis] + indexShape + input[(axis + 1)...]
    }

    /// Copies what is chosen.
    public func forward(_ call: ForwardCall) {
        movement(call.inputs[0].shape).forward(call.inputs[0].pointer, to: call.output.pointer)
    }

    /// Each position gets the sum of the slopes of its places.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0] else { return }
        movement(gradient.shape).backward(call.outputGradient.pointer, addingTo: gradient.pointer)
    }

    private func movement(_ input: [Int]) -> Movement {
        let steps = strides(input)
        var offsets = input.indices.map { axis in (0..<input[axis]).map { $0 * steps[axis] } }
        offsets[axis] = indices.map { ($0 < 0 ? $0 + input[axis] : $0) * steps[axis] }
        return Movement(offsets)
    }
}
