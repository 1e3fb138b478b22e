import Graphs
import Tensors

/// The mean of each window; ONNX `AveragePool`, PyTorch's `AvgPool2d`.
///
/// Input `[batch, channel, row, column]`. Padding cells count as zeros or not at all; cells beyond the padding, which the last window may
/// reach in `ceilMode`, never count.
public struct AveragePooling: PoolingOperator, Hashable {
    /// The ONNX name.
    public static let kind = "AveragePool"

    /// The window.
    public let window: Window
    /// Whether padding cells count as zeros; ONNX's `count_include_pad`.
    public let countsPadding: Bool

    /// Creates a pooling; `paddingEnd` defaults to `padding`.
    public init(
        kernel: Extent, stride: Extent, padding: Extent = 0, dilation: Extent = 1, paddingEnd: Extent? = nil,
        ceilMode: Bool = false, countsPadding: Bool = true
    ) {
        window = Window(
            kernel: kernel, stride: stride, padding: padding, dilation: dilation, paddingEnd: paddingEnd,
            ceilMode: ceilMode)
        self.countsPadding = countsPadding
    }

    /// One multiply-add per cell of each window.
    public func multiplyAdds(inputs: [[Int]], output: [Int]) -> Int {
        output.reduce(1, *) * min(kernel.rows, inputs[0][2]) * min(kernel.columns, inputs[0][3])
    }

    /// Computes the formula above.
    public func forward(_ call: ForwardCall) {
        forEachWindow(call.inputs[0].shape, call.output.shape) { plane, place, rows, columns, share in
            var sum: Float = 0
            for row in rows {
                for column in columns { sum += call.inputs[0].pointer[plane + row + column] }
            }
            call.output.pointer[place] = sum * share
        }
    }

    /// Each cell of a window gets an equal share of the gradient.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0] else { return }
        forEachWindow(gradient.shape, call.outputGradient.shape) { plane, place, rows, columns, share in
            let slope = call.outputGradient.pointer[place] * share
            for row in rows {
                for column in columns { gradient.pointer[plane + row + column] += slope }
            }
        }
    }

    /// The cells of a window on the map, along one axis, and the number of cells in the divisor.
    private struct Cells {
        let onMap: StrideTo<Int>
        let count: Int

        /// - Parameter pitch: The distance in memory between two cells of the map.
        init(
            _ position: Int, _ stride: Int, _ before: Int, _ dilation: Int, _ kernel: Int, _ after: Int, extent: Int,
            pitch: Int, countsPadding: Bool
        ) {
            let start = position * stride - before
            let range = Window.onMap(start: start, dilation: dilation, kernel: kernel, extent: extent)
            onMap = Swift.stride(
                from: (start + range.lowerBound * dilation) * pitch, to: (start + range.upperBound * dilation) * pitch,
                by: dilation * pitch)
            let onPadding = Window.onMap(
                start: position * stride, dilation: dilation, kernel: kernel, extent: before + extent + after)
            count = countsPadding ? onPadding.count : range.count
        }
    }

    private func forEachWindow(
        _ input: [Int], _ output: [Int],
        _ body: (_ plane: Int, _ place: Int, _ rows: StrideTo<Int>, _ columns: StrideTo<Int>, _ share: Float) -> Void
    ) {
        let (from, to) = (MapShape(input), MapShape(output))
        Parallel.forEach(to.batch * to.channels) { plane, _ in
            for row in 0..<to.rows {
                let rows = Cells(
                    row, stride.rows, padding.rows, dilation.rows, kernel.rows, paddingEnd.rows, extent: from.rows,
                    pitch: from.columns, countsPadding: countsPadding)
                for column in 0..<to.columns {
                    let columns = Cells(
                        column, stride.columns, padding.columns, dilation.columns, kernel.columns, paddingEnd.columns,
                        extent: from.columns, pitch: 1, countsPadding: countsPadding)
                    body(
                        plane * from.area, plane * to.area + row * to.columns + column, rows.onMap, columns.onMap,
                        1 / Float(max(1, rows.count * columns.count)))
                }
            }
        }
    }
}
