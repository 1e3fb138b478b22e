import Graphs
import Tensors

/// `condition ≠ 0 ? then : otherwise`, element-wise, with NumPy broadcasting; ONNX `Where`.
public struct Where: Operator, Hashable {
    /// The ONNX name.
    public static let kind = "Where"

    /// Creates the operator; it has no attributes.
    public init() {}

    /// The condition and two values.
    public var inputCount: ClosedRange<Int> { 3...3 }

    /// The broadcast shape of all three.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] { try Broadcasting.shape(inputs) }

    /// Computes the formula above.
    public func forward(_ call: ForwardCall) {
        let (condition, then, otherwise) = (call.inputs[0].pointer, call.inputs[1].pointer, call.inputs[2].pointer)
        let meeting = Broadcasting(call.inputs.map(\.shape), to: call.output.shape)
        let steps = meeting.strides[meeting.strides.count - 1]
        meeting.forEachRun { run in
            let target = call.output.pointer + run.offsets[Broadcasting.result]
            for index in 0..<run.count {
                target[index] =
                    condition[run.offsets[0] + index * steps[0]] != 0
                    ? then[run.offsets[1] + index * steps[1]] : otherwise[run.offsets[2] + index * steps[2]]
            }
        }
    }

    /// The gradient goes to the selected value.
    public func backward(_ call: BackwardCall) {
        let condition = call.forward.inputs[0].pointer
        let meeting = Broadcasting(call.forward.inputs.map(\.shape), to: call.outputGradient.shape)
        let steps = meeting.strides[meeting.strides.count - 1]
        for input in 1...2 {
            guard let gradient = call.inputGradients[input]?.pointer else { continue }
            meeting.forEachRun(into: input) { run in
                let slope = call.outputGradient.pointer + run.offsets[Broadcasting.result]
                for index in 0..<run.count where (condition[run.offsets[0] + index * steps[0]] != 0) == (input == 1) {
                    gradient[run.offsets[input] + index * steps[input]] += slope[index]
                }
            }
        }
    }
}
