import Graphs
import Tensors

/// The mean over each position of a window; ONNX `AveragePool` with `count_include_pad`, PyTorch's `AvgPool2d`: cells
/// outside the map count as zeros.
///
/// Input `[batch, channel, row, column]`.
public struct AveragePooling: Operator, Hashable {
    /// ONNX's name.
    public static let kind = "AveragePool"

    /// The window's extent.
    public let kernel: Extent
    /// Cells between two window positions.
    public let stride: Extent
    /// Zeros around the map; at most half of the kernel.
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

    /// One for each cell of each window.
    public func multiplyAdds(inputs: [[Int]], output: [Int]) -> Int { output.reduce(1, *) * kernel.area }

    /// The formula above.
    public func forward(_ call: ForwardCall) {
        let factor = 1 / Float(kernel.area)
        forEachWindow(call.inputs[0].shape, call.output.shape) { plane, place, rows, columns, width in
            var sum: Float = 0
            for row in rows {
                for column in columns { sum += call.inputs[0].pointer[plane + row * width + column] }
            }
            call.output.pointer[place] = sum * factor
        }
    }

    /// Every cell of a window gets its share of the slope.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0] else { return }
        let factor = 1 / Float(kernel.area)
        forEachWindow(gradient.shape, call.outputGradient.shape) { plane, place, rows, columns, width in
            let share = call.outputGradient.pointer[place] * factor
            for row in rows {
                for column in columns { gradient.pointer[plane + row * width + column] += share }
            }
        }
    }

    private func forEachWindow(
        _ input: [Int], _ output: [Int],
        _ body: (_ plane: Int, _ place: Int, _ rows: Range<Int>, _ columns: Range<Int>, _ width: Int) -> Void
    ) {
        let (from, to) = (MapShape(input), MapShape(output))
        Parallel.forEach(to.batch * to.channels) { plane, _ in
            for row in 0..<to.rows {
                let rows = cells(row, stride.rows, padding.rows, kernel.rows, from.rows)
                for column in 0..<to.columns {
                    let columns = cells(column, stride.columns, padding.columns, kernel.columns, from.columns)
                    body(plane * from.area, plane * to.area + row * to.columns + column, rows, columns, from.columns)
                }
            }
        }
    }
}
