import Graphs
import Tensors

/// `input` above zero, `weight · input` below, with learned slopes (He et al., arXiv:1502.01852); ONNX `PRelu`.
///
/// The slopes are broadcast to the input: `[channel, 1, 1]` has one per channel of `[batch, channel, row, column]`.
public struct PReLU: Operator, Hashable {
    /// The ONNX name.
    public static let kind = "PRelu"

    /// The shape of the slopes.
    public let slopeShape: [Int]

    /// Creates the operator; slopes start at 0.25, as in PyTorch.
    public init(slopeShape: [Int]) { self.slopeShape = slopeShape }

    /// `weight`: the slopes.
    public var parameters: [ParameterDeclaration] {
        [ParameterDeclaration("weight", slopeShape, .bias, .constant(0.25))]
    }

    /// The input's shape.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        guard try Broadcasting.shape([inputs[0], slopeShape]) == inputs[0] else {
            throw ShapeError("slopes of shape \(slopeShape) do not broadcast to \(inputs[0])")
        }
        return inputs[0]
    }

    /// Computes the formula above.
    public func forward(_ call: ForwardCall) {
        let (input, slopes, output) = (call.inputs[0].pointer, call.parameters[0].pointer, call.output.pointer)
        let meeting = Broadcasting([call.output.shape, slopeShape], to: call.output.shape)
        let moves = meeting.moves(1)
        meeting.forEachRun { run in
            let (source, target, slope) = (input + run.offsets[0], output + run.offsets[0], slopes + run.offsets[1])
            if moves {
                for index in 0..<run.count {
                    target[index] = source[index] < 0 ? slope[index] * source[index] : source[index]
                }
            } else {
                let slope = slope[0]
                for index in 0..<run.count {
                    target[index] = source[index] < 0 ? slope * source[index] : source[index]
                }
            }
        }
    }

    /// The input gets the gradient times 1 or `weight`; `weight` gets the gradient times the negative inputs.
    public func backward(_ call: BackwardCall) {
        let (input, slopes) = (call.forward.inputs[0].pointer, call.forward.parameters[0].pointer)
        let meeting = Broadcasting([call.outputGradient.shape, slopeShape], to: call.outputGradient.shape)
        let step = meeting.moves(1) ? 1 : 0
        if let gradient = call.inputGradients[0]?.pointer {
            meeting.forEachRun { run in
                let (source, incoming) = (input + run.offsets[0], call.outputGradient.pointer + run.offsets[0])
                let (target, slope) = (gradient + run.offsets[0], slopes + run.offsets[1])
                for index in 0..<run.count {
                    target[index] += incoming[index] * (source[index] > 0 ? 1 : slope[index * step])
                }
            }
        }
        if let gradient = call.parameterGradients[0]?.pointer {
            meeting.forEachRun(into: 1) { run in
                let (source, incoming) = (input + run.offsets[0], call.outputGradient.pointer + run.offsets[0])
                let target = gradient + run.offsets[1]
                func term(_ index: Int) -> Float { source[index] < 0 ? incoming[index] * source[index] : 0 }
                if step == 1 {
                    for index in 0..<run.count { target[index] += term(index) }
                } else {
                    target[0] += Planes.sum(run.count, term)
                }
            }
        }
    }
}
