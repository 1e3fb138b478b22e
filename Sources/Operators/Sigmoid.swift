import Foundation
import Graphs
import Tensors

/// `1 / (1 + exp(-input))`, element-wise; ONNX `Sigmoid`.
public struct Sigmoid: Operator, Hashable {
    /// The ONNX name.
    public static let kind = "Sigmoid"

    /// Creates the operator; it has no attributes.
    public init() {}

    /// The input's shape.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] { inputs[0] }

    /// Computes the formula above.
    public func forward(_ call: ForwardCall) {
        let (input, output) = (call.inputs[0].pointer, call.output.pointer)
        Parallel.forRanges(call.output.count, grain: 1 << 12) { range in
            for index in range { output[index] = 1 / (1 + exp(-input[index])) }
        }
    }

    /// `d input = d output · output · (1 - output)`.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0]?.pointer else { return }
        let (output, slope) = (call.forward.output.pointer, call.outputGradient.pointer)
        Parallel.forRanges(call.outputGradient.count) { range in
            for index in range { gradient[index] += slope[index] * output[index] * (1 - output[index]) }
        }
    }
}
