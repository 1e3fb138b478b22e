import Graphs
import Tensors

/// Bilinear upsampling of a map by an integer factor; ONNX `Resize` in mode `linear` with half-pixel coordinates, PyTorch's
/// `interpolate(mode="bilinear", align_corners=False)`.
///
/// `[batch, channel, row, column]` becomes `[batch, channel, scale · row, scale · column]`. Beyond the outermost cell centres, the border
/// cell is used alone.
public struct BilinearUpsampling: Operator, Hashable {
    /// The ONNX name.
    public static let kind = "Resize(linear)"

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

    /// Four multiply-adds per output cell.
    public func multiplyAdds(inputs: [[Int]], output: [Int]) -> Int { 4 * output.reduce(1, *) }

    /// Computes the weighted mean of the four nearest cells.
    public func forward(_ call: ForwardCall) {
        forEachCell(call.inputs[0].shape, call.output.shape) { plane, place, y, x, width in
            let input = call.inputs[0].pointer + plane
            let above = (1 - x.share) * input[y.low * width + x.low] + x.share * input[y.low * width + x.high]
            let below = (1 - x.share) * input[y.high * width + x.low] + x.share * input[y.high * width + x.high]
            call.output.pointer[place] = (1 - y.share) * above + y.share * below
        }
    }

    /// The four cells get the gradient times their weights.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0] else { return }
        forEachCell(gradient.shape, call.outputGradient.shape) { plane, place, y, x, width in
            let target = gradient.pointer + plane
            let slope = call.outputGradient.pointer[place]
            target[y.low * width + x.low] += slope * (1 - y.share) * (1 - x.share)
            target[y.low * width + x.high] += slope * (1 - y.share) * x.share
            target[y.high * width + x.low] += slope * y.share * (1 - x.share)
            target[y.high * width + x.high] += slope * y.share * x.share
        }
    }

    /// Two adjacent cells along one axis, and the weight of the second one.
    private struct Neighbours {
        let low, high: Int
        let share: Float

        init(position: Int, scale: Int, extent: Int) {
            let source = max(0, (Float(position) + 0.5) / Float(scale) - 0.5)
            low = min(Int(source), extent - 1)
            high = min(low + 1, extent - 1)
            share = source - Float(low)
        }
    }

    private func forEachCell(
        _ input: [Int], _ output: [Int],
        _ body: (_ plane: Int, _ place: Int, _ y: Neighbours, _ x: Neighbours, _ width: Int) -> Void
    ) {
        let (from, to) = (MapShape(input), MapShape(output))
        Parallel.forEach(from.batch * from.channels) { plane, _ in
            for row in 0..<to.rows {
                let y = Neighbours(position: row, scale: scale, extent: from.rows)
                for column in 0..<to.columns {
                    let x = Neighbours(position: column, scale: scale, extent: from.columns)
                    body(plane * from.area, plane * to.area + row * to.columns + column, y, x, from.columns)
                }
            }
        }
    }
}
