import Graphs

/// Repeats a value along each axis; ONNX `Tile`.
public struct Tile: MovementOperator, Hashable {
    /// The ONNX name.
    public static let kind = "Tile"

    /// The number of repetitions per axis.
    public let repeats: [Int]

    /// Creates a tiling with one entry per axis.
    public init(repeats: [Int]) { self.repeats = repeats }

    /// Each extent times its number of repetitions.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        guard repeats.count == inputs[0].count, repeats.allSatisfy({ $0 >= 0 }) else {
            throw ShapeError("\(repeats) must have one entry for each axis of \(inputs[0])")
        }
        var shape: [Int] = []
        for (extent, count) in zip(inputs[0], repeats) { shape.append(try Extents.product(extent, count)) }
        return shape
    }

    /// The positions of the input, again and again.
    public func movement(_ input: [Int], _ output: [Int]) -> Movement {
        let steps = strides(input)
        return Movement(
            input.indices.map { axis in
                (0..<input[axis] * repeats[axis]).map { $0 % input[axis] * steps[axis] }
            })
    }
}
