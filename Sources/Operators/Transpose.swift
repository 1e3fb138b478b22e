import Graphs

/// Permutes axes: axis `k` of the output is axis `axes[k]` of the input; ONNX `Transpose`.
public struct Transpose: Operator, Hashable {
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

    /// Copies each element to its new position.
    public func forward(_ call: ForwardCall) {
        movement(call.inputs[0].shape).forward(call.inputs[0].pointer, to: call.output.pointer)
    }

    /// Each element gets the gradient at its new position.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0] else { return }
        movement(gradient.shape).backward(call.outputGradient.pointer, addingTo: gradient.pointer)
    }

    private func movement(_ input: [Int]) -> Movement {
        let steps = strides(input)
        return Movement(extents: axes.map { input[$0] }, steps: axes.map { steps[$0] })
    }
}
