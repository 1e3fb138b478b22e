import Graphs

/// Repeats a value along axes of extent 1, and along new ones in front; ONNX `Expand`.
///
/// The input and the wanted shape are broadcast against each other, so an extent of 1 in the wanted shape keeps the input's.
public struct Expand: Operator, Hashable {
    /// ONNX's name.
    public static let kind = "Expand"

    /// The wanted shape.
    public let shape: [Int]

    /// An expansion to a shape.
    public init(to shape: [Int]) { self.shape = shape }

    /// The shape that both give together.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        guard shape.allSatisfy({ $0 >= 0 }) else { throw ShapeError("\(shape) is no shape") }
        return try Broadcasting.shape([inputs[0], shape])
    }

    /// Copies each element to all of its places.
    public func forward(_ call: ForwardCall) {
        movement(call.inputs[0].shape, call.output.shape).forward(call.inputs[0].pointer, to: call.output.pointer)
    }

    /// Each element gets the sum of the slopes of its places.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0] else { return }
        movement(gradient.shape, call.outputGradient.shape)
            .backward(call.outputGradient.pointer, addingTo: gradient.pointer)
    }

    private func movement(_ input: [Int], _ output: [Int]) -> Movement {
        let steps =
            [Int](repeating: 0, count: output.count - input.count)
            + zip(input, strides(input)).map {
                $0 == 1 ? 0 : $1
            }
        return Movement(extents: output, steps: steps)
    }
}
