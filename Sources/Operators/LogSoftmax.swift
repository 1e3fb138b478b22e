import Foundation
import Graphs
import Tensors

/// `input - log Σ exp(input)`, with the sum along one axis; ONNX `LogSoftmax` (from opset 13).
public struct LogSoftmax: Operator, Hashable {
    /// The ONNX name.
    public static let kind = "LogSoftmax"

    /// The axis along which the exponentials of the results sum to one.
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
                output[index] = input[index] - highest[column]
                sums[column] += exp(output[index])
            }
            for column in 0..<block.width { sums[column] = log(sums[column]) }
            block.forEach { index, column in output[index] -= sums[column] }
        }
    }

    /// `d input = d output - exp(output) · Σ d output`.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0]?.pointer else { return }
        let (output, slope) = (call.forward.output.pointer, call.outputGradient.pointer)
        AxisView(call.outputGradient.shape, axis: axis).forEachBlock { block, _, sums in
            block.forEach { index, column in sums[column] += slope[index] }
            block.forEach { index, column in gradient[index] += slope[index] - exp(output[index]) * sums[column] }
        }
    }
}
