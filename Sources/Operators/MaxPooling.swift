import Graphs
import Tensors

/// The largest value in each position of a window; ONNX `MaxPool`. Cells outside the map do not count.
///
/// Input `[batch, channel, row, column]`; of equal values the first one in row-major order wins, and NaN beats all, as in PyTorch.
public struct MaxPooling: Operator, Hashable {
    /// ONNX's name.
    public static let kind = "MaxPool"

    /// The window's extent.
    public let kernel: Extent
    /// Cells between two window positions.
    public let stride: Extent
    /// Cells around the map; at most half of the kernel.
    public let padding: Extent

    /// A pooling.
    public init(kernel: Extent, stride: Extent, padding: Extent = 0) {
        precondition(
            2 * padding.rows <= kernel.rows && 2 * padding.columns <= kernel.columns,
            "a window of \(kernel) could lie in its padding \(padding) alone")
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
    }

    /// `[batch, channel, positions, positions]`.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        let input = try MapShape(checking: inputs[0])
        let positions = try Window(kernel: kernel, stride: stride, padding: padding)
            .positions(rows: input.rows, columns: input.columns)
        return [input.batch, input.channels, positions.rows, positions.columns]
    }

    /// Where in its plane each winner stands, as the bits of a 32-bit integer.
    public func savedCount(inputs: [[Int]], output: [Int]) -> Int { output.reduce(1, *) }

    /// Looks through each window in order.
    public func forward(_ call: ForwardCall) {
        let (from, to) = (MapShape(call.inputs[0].shape), MapShape(call.output.shape))
        Parallel.forEach(to.batch * to.channels) { plane, _ in
            let input = call.inputs[0].pointer + plane * from.area
            var place = plane * to.area
            for row in 0..<to.rows {
                let rows = cells(row, stride.rows, padding.rows, kernel.rows, from.rows)
                for column in 0..<to.columns {
                    let columns = cells(column, stride.columns, padding.columns, kernel.columns, from.columns)
                    var winner = rows.lowerBound * from.columns + columns.lowerBound
                    var best = input[winner]
                    for y in rows {
                        for index in (y * from.columns + columns.lowerBound)..<(y * from.columns + columns.upperBound) {
                            if input[index] > best || input[index].isNaN {
                                best = input[index]
                                winner = index
                            }
                        }
                    }
                    call.output.pointer[place] = best
                    call.saved.pointer[place] = Float(bitPattern: UInt32(winner))
                    place += 1
                }
            }
        }
    }

    /// The slope goes to the winner.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0] else { return }
        let (from, to) = (MapShape(gradient.shape), MapShape(call.outputGradient.shape))
        Parallel.forEach(to.batch * to.channels) { plane, _ in
            let target = gradient.pointer + plane * from.area
            for place in plane * to.area..<(plane + 1) * to.area {
                target[Int(call.forward.saved.pointer[place].bitPattern)] += call.outputGradient.pointer[place]
            }
        }
    }
}

/// The cells of a map that a window position covers along one axis.
func cells(_ position: Int, _ stride: Int, _ padding: Int, _ kernel: Int, _ extent: Int) -> Range<Int> {
    let start = position * stride - padding
    return max(0, start)..<min(extent, start + kernel)
}
