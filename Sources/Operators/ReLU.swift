import Graphs
import Tensors

/// `max(0, input)`, element by element; ONNX `Relu`. NaN stays NaN.
public struct ReLU: Operator, Hashable {
    /// The ONNX name.
    public static let kind = "Relu"

    /// Creates the operator; it has no attributes.
    public init() {}

    /// The input's shape.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] { inputs[0] }

    /// Replaces negative elements by zero.
    public func forward(_ call: ForwardCall) {
        let (input, output) = (call.inputs[0].pointer, call.output.pointer)
        Parallel.forRanges(call.output.count) { range in
            for index in range { output[index] = input[index] < 0 ? 0 : input[index] }
        }
    }

    /// The gradient passes where the output is positive; at zero it is zero, as in PyTorch.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0]?.pointer else { return }
        let (output, slope) = (call.forward.output.pointer, call.outputGradient.pointer)
        Parallel.forRanges(call.outputGradient.count) { range in
            for index in range {
                // Read unconditionally, so that the compiler can use vector selection instead of a branch.
                let passed = slope[index]
                gradient[index] += output[index] > 0 ? passed : 0
            }
        }
    }
}
