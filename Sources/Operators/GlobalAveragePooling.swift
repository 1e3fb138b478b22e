import Graphs
import Tensors

/// The mean of each channel, as a map of one cell: `[batch, channel, row, column]` becomes `[batch, channel, 1, 1]`; ONNX
/// `GlobalAveragePool`.
public struct GlobalAveragePooling: Operator, Hashable {
    /// The ONNX name.
    public static let kind = "GlobalAveragePool"

    /// Creates the operator; it has no attributes.
    public init() {}

    /// `[batch, channel, 1, 1]`.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        let input = try MapShape(checking: inputs[0])
        return [input.batch, input.channels, 1, 1]
    }

    /// One multiply-add per element.
    public func multiplyAdds(inputs: [[Int]], output: [Int]) -> Int { inputs[0].reduce(1, *) }

    /// Computes the formula above.
    public func forward(_ call: ForwardCall) {
        let area = MapShape(call.inputs[0].shape).area
        Parallel.forEach(call.output.count) { plane, _ in
            call.output.pointer[plane] = Planes.sum(call.inputs[0].pointer + plane * area, count: area) / Float(area)
        }
    }

    /// Each cell gets an equal share of the gradient.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0] else { return }
        let area = MapShape(gradient.shape).area
        Parallel.forEach(call.outputGradient.count) { plane, _ in
            Planes.add(
                call.outputGradient.pointer[plane] / Float(area), to: gradient.pointer + plane * area, count: area)
        }
    }
}
