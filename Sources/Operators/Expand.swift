import Graphs

/// Broadcasts a value to a shape; ONNX `Expand`.
///
/// The input's shape and the target shape are broadcast against each other, so an extent of 1 in the target keeps the input's extent.
public struct Expand: MovementOperator, Hashable {
    /// The ONNX name.
    public static let kind = "Expand"

    /// The target shape.
    public let shape: [Int]

    /// Creates an expansion to a shape.
    public init(to shape: [Int]) { self.shape = shape }

    /// The shape that results from broadcasting both.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        guard shape.allSatisfy({ $0 >= 0 }) else { throw ShapeError("\(shape) is not a valid shape") }
        return try Broadcasting.shape([inputs[0], shape])
    }

    /// Broadcast axes are read with step 0.
    public func movement(_ input: [Int], _ output: [Int]) -> Movement {
        let steps =
            [Int](repeating: 0, count: output.count - input.count)
            + zip(input, strides(input)).map {
                $0 == 1 ? 0 : $1
            }
        return Movement(extents: output, steps: steps)
    }
}
