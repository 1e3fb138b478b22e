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
        let view = AxisView(call.output.shape, axis: axis)
        view.forEachBlock { start, width in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * width) { block in
                let highest = UnsafeMutableBufferPointer(rebasing: block[..<width])
                let sums = UnsafeMutableBufferPointer(rebasing: block[width...])
                Columns.maximum(input + start, view, width, into: highest)
                for column in 0..<width { sums[column] = 0 }
                for place in 0..<view.extent {
                    for column in 0..<width {
                        let index = start + place * view.inner + column
                        let power = exp(input[index] - highest[column])
                        output[index] = power
                        sums[column] += power
                    }
                }
                for column in 0..<width { sums[column] = 1 / sums[column] }
                for place in 0..<view.extent {
                    for column in 0..<width { output[start + place * view.inner + column] *= sums[column] }
                }
            }
        }
    }

    /// `d input = output · (d output - Σ d output · output)`.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0]?.pointer else { return }
        let (output, slope) = (call.forward.output.pointer, call.outputGradient.pointer)
        let view = AxisView(call.outputGradient.shape, axis: axis)
        view.forEachBlock { start, width in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { sums in
                for column in 0..<width { sums[column] = 0 }
                for place in 0..<view.extent {
                    for column in 0..<width {
                        let index = start + place * view.inner + column
                        sums[column] += slope[index] * output[index]
                    }
                }
                for place in 0..<view.extent {
                    for column in 0..<width {
                        let index = start + place * view.inner + column
                        gradient[index] += output[index] * (slope[index] - sums[column])
                    }
                }
            }
        }
    }
}

/// Code shared by softmax and log-softmax.
enum Columns {
    /// Computes the maximum of each of `width` adjacent columns.
    static func maximum(
        _ input: UnsafePointer<Float>, _ view: AxisView, _ width: Int, into highest: UnsafeMutableBufferPointer<Float>
    ) {
        for column in 0..<width { highest[column] = input[column] }
        for place in 1..<max(1, view.extent) {
            let row = input + place * view.inner
            for column in 0..<width { highest[column] = row[column] > highest[column] ? row[column] : highest[column] }
        }
    }
}
