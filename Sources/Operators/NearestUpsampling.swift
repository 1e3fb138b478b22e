import Graphs
import Tensors

/// Nearest-neighbour upsampling: each cell becomes a block of `scale` x `scale` equal cells; ONNX `Resize` in mode `nearest`.
///
/// `[batch, channel, row, column]` becomes `[batch, channel, scale · row, scale · column]`.
public struct NearestUpsampling: Operator, Hashable {
    /// The ONNX name.
    public static let kind = "Resize(nearest)"

    /// The factor for rows and columns.
    public let scale: Int

    /// Creates an upsampling by an integer factor.
    public init(scale: Int) {
        precondition(scale > 0, "the scale must be positive, not \(scale)")
        self.scale = scale
    }

    /// Rows and columns times the factor.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        try MapShape(checking: inputs[0]).enlarged(by: scale)
    }

    /// Copies each cell to its block.
    public func forward(_ call: ForwardCall) {
        let (from, to) = (MapShape(call.inputs[0].shape), MapShape(call.output.shape))
        Parallel.forEach(from.batch * from.channels) { plane, _ in
            for row in 0..<from.rows {
                let source = call.inputs[0].pointer + plane * from.area + row * from.columns
                let first = call.output.pointer + plane * to.area + row * scale * to.columns
                for column in 0..<from.columns {
                    for step in 0..<scale { first[column * scale + step] = source[column] }
                }
                for step in 1..<max(scale, 1) { (first + step * to.columns).update(from: first, count: to.columns) }
            }
        }
    }

    /// Each cell gets the sum of the gradients over its block.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0] else { return }
        let (from, to) = (MapShape(gradient.shape), MapShape(call.outputGradient.shape))
        Parallel.forEach(from.batch * from.channels) { plane, _ in
            for row in 0..<to.rows {
                let slope = call.outputGradient.pointer + plane * to.area + row * to.columns
                let target = gradient.pointer + plane * from.area + row / scale * from.columns
                for column in 0..<from.columns {
                    var sum: Float = 0
                    for step in 0..<scale { sum += slope[column * scale + step] }
                    target[column] += sum
                }
            }
        }
    }
}
