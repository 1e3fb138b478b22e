import Graphs
import Tensors

/// The sum of two values of one shape, element by element; ONNX `Add`.
public struct Add: Operator, Hashable {
    /// ONNX's name.
    public static let kind = "Add"

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
            for index in range { output[index] = left[index] + right[index] }
        }
    }

    /// Both inputs get the slope as it is.
    public func backward(_ call: BackwardCall) {
        for gradient in call.inputGradients {
            guard let gradient = gradient?.pointer else { continue }
            let slope = call.outputGradient.pointer
            Parallel.forRanges(call.outputGradient.count) { range in
                for index in range { gradient[index] += slope[index] }
            }
        }
    }
}

/// The one shape of two inputs.
func commonShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
    guard inputs[0] == inputs[1] else { throw ShapeError("the shapes \(inputs[0]) and \(inputs[1]) differ") }
    return inputs[0]
}
