import Graphs

/// Repeats a value along each axis; ONNX `Tile`.
public struct Tile: Operator, Hashable {
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

    /// Copies each element to all its positions.
    public func forward(_ call: ForwardCall) {
        movement(call.inputs[0].shape).forward(call.inputs[0].pointer, to: call.output.pointer)
    }

    /// Each element gets the sum of the gradients at its new positions.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0] else { return }
        movement(gradient.shape).backward(call.outputGradient.pointer, addingTo: gradient.pointer)
    }

    private func movement(_ input: [Int]) -> Movement {
        let steps = strides(input)
        return Movement(
            input.indices.map { axis in
                (0..<input[axis] * repeats[axis]).map { $0 % input[axis] * steps[axis] }
            })
    }
}
