import Graphs

/// Selects positions of an axis, in any order and with repetitions; ONNX `Gather` with constant indices.
///
/// The axis is replaced by those of the indices: `[…, axis, …]` becomes `[…, indexShape…, …]`.
public struct Gather: MovementOperator, Hashable {
    /// The ONNX name.
    public static let kind = "Gather"

    /// The axis, counted from 0.
    public let axis: Int
    /// The selected positions; negative ones count from the end.
    public let indices: [Int]
    /// The shape of the indices; an empty one drops the axis.
    public let indexShape: [Int]

    /// Creates a selection of positions.
    public init(axis: Int, indices: [Int], indexShape: [Int]) {
        self.axis = axis
        self.indices = indices
        self.indexShape = indexShape
    }

    /// The input's shape with the axis replaced by the indices' shape.
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

    /// The selected positions.
    public func movement(_ input: [Int], _ output: [Int]) -> Movement {
        let steps = strides(input)
        var offsets = input.indices.map { axis in (0..<input[axis]).map { $0 * steps[axis] } }
        offsets[axis] = indices.map { ($0 < 0 ? $0 + input[axis] : $0) * steps[axis] }
        return Movement(offsets)
    }
}
