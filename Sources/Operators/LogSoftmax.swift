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
        let view = AxisView(call.output.shape, axis: axis)
        view.forEachBlock { start, width in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * width) { block in
                let highest = UnsafeMutableBufferPointer(rebasing: block[..<width])
                let sums = UnsafeMutableBufferPointer(rebasing: block[width...])
                Columns.maximum(input + start, view, width, into: highest)
                for column in 0..<width { sums[column] = 0 }
                for place in 0..<view.extent {
                    for column in 0..<width {
                        sums[column] += exp(input[start + place * view.inner + column] - highest[column])
                    }
                }
                for column in 0..<width { sums[column] = log(sums[column]) }
                for place in 0..<view.extent {
                    for column in 0..<width {
                        let index = start + place * view.inner + column
                        output[index] = input[index] - highest[column] - sums[column]
                    }
                }
            }
        }
    }

    /// `d input = d output - exp(output) · Σ d output`.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0]?.pointer else { return }
        let (output, slope) = (call.forward.output.pointer, call.outputGradient.pointer)
        let view = AxisView(call.outputGradient.shape, axis: axis)
        view.forEachBlock { start, width in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { sums in
                for column in 0..<width { sums[column] = 0 }
                for place in 0..<view.extent {
                    for column in 0..<width { sums[column] += slope[start + place * view.inner + column] }
                }
                for place in 0..<view.extent {
                    for column in 0..<width {
                        let index = start + place * view.inner + column
                        gradient[index] += slope[index] - exp(output[index]) * sums[column]
                    }
                }
            }
        }
    }
}
