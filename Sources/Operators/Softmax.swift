import Foundation
import Graphs
import Tensors

/// `exp(input) / Σ exp(input)`, with the sum along one axis; ONNX `Softmax` (from opset 13).
public struct Softmax: Operator, Hashable {
    /// The ONNX name.
    public static let kind = "Softmax"

    /// The axis along which the results sum to one.
    public let axis: Int

    /// Creates the operator.
    public init(axis: Int) {
        precondition(axis >= 0, "axis \(axis) is negative")
        self.axis = axis
    }

    /// The input's shape.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        try AxisView.check(inputs[0], axis: axis)
        return inputs[0]
    }

    /// Computes the formula above, with the maximum subtracted from all inputs to avoid overflow.
    public func forward(_ call: ForwardCall) {
        let (input, output) = (call.inputs[0].pointer, call.output.pointer)
        AxisView(call.output.shape, axis: axis).forEachBlock { block, highest, sums in
            block.maximum(of: input, into: highest)
            block.forEach { index, column in
                output[index] = exp(input[index] - highest[column])
                sums[column] += output[index]
            }
            for column in 0..<block.width { sums[column] = 1 / sums[column] }
            block.forEach { index, column in output[index] *= sums[column] }
        }
    }

    /// `d input = output · (d output - Σ d output · output)`.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0]?.pointer else { return }
        let (output, slope) = (call.forward.output.pointer, call.outputGradient.pointer)
        AxisView(call.outputGradient.shape, axis: axis).forEachBlock { block, _, sums in
            block.forEach { index, column in sums[column] += slope[index] * output[index] }
            block.forEach { index, column in gradient[index] += output[index] * (slope[index] - sums[column]) }
        }
    }
}
