import Graphs
import Tensors

/// The product of two values of one shape, element by element; ONNX `Mul`.
public struct Multiply: Operator, Hashable {
    /// ONNX's name.
    public static let kind = "Mul"

    /// The operator; it has no attributes.
    public init() {}

    /// Two.
    public var inputCount: ClosedRange<Int> { 2...2 }

    /// The common shape.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] { try commonShape(inputs) }

    /// The formula above.
    public func forward(_ call: ForwardCall) {
        let (left, right, output) = (call.inputs[0].pointer, call.inputs[1].pointer, call.output.pointer)
        Parallel.forRanges(call.output.count) { range in
            for index in range { output[index] = left[index] * right[index] }
        }
    }

    /// Each input gets the slope times the other one.
    public func backward(_ call: BackwardCall) {
        for (position, gradient) in call.inputGradients.enumerated() {
            guard let gradient = gradient?.pointer else { continue }
            let (other, slope) = (call.forward.inputs[1 - position].pointer, call.outputGradient.pointer)
            Parallel.forRanges(call.outputGradient.count) { range in
                for index in range { gradient[index] += slope[index] * other[index] }
            }
        }
    }
}
