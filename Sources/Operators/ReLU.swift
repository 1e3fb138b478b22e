import Graphs
import Tensors

/// `max(0, input)`, element by element; ONNX `Relu`. NaN stays NaN.
public struct ReLU: Operator, Hashable {
    /// ONNX's name.
    public static let kind = "Relu"

    /// The operator; it has no attributes.
    public init() {}

    /// The input's shape.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] { inputs[0] }

    /// Negative elements become zero.
    public func forward(_ call: ForwardCall) {
        let (input, output) = (call.inputs[0].pointer, call.output.pointer)
        Parallel.forRanges(call.output.count) { range in
            for index in range { output[index] = input[index] < 0 ? 0 : input[index] }
        }
    }

    /// The slope passes where the output is positive; at zero there is none, as in PyTorch.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0]?.pointer else { return }
        let (output, slope) = (call.forward.output.pointer, call.outputGradient.pointer)
        Parallel.forRanges(call.outputGradient.count) { range in
            for index in range {
                // Read in any case, so that the compiler can choose between vectors and needs no branch.
                let passed = slope[index]
                gradient[index] += output[index] > 0 ? passed : 0
            }
        }
    }
}
