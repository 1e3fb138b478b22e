import Graphs

/// Permutes axes: axis `k` of the output is axis `axes[k]` of the input; ONNX `Transpose`.
public struct Transpose: MovementOperator, Hashable {
    /// The ONNX name.
    public static let kind = "Transpose"

    /// The input's axis for each axis of the output.
    public let axes: [Int]

    /// Creates a permutation of the axes.
    public init(axes: [Int]) { self.axes = axes }

    /// The input's extents in the new order.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        guard axes.sorted() == Array(inputs[0].indices) else {
            throw ShapeError("\(axes) is not a permutation of the axes of \(inputs[0])")
        }
        return axes.map { inputs[0][$0] }
    }

    /// The input's steps in the new order.
    public func movement(_ input: [Int], _ output: [Int]) -> Movement {
        let steps = strides(input)
        return Movement(extents: axes.map { input[$0] }, steps: axes.map { steps[$0] })
    }
}
