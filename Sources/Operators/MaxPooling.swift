import Graphs
import Tensors

/// The maximum of each window; ONNX `MaxPool`. Cells outside the map do not count.
///
/// Input `[batch, channel, row, column]`. Of equal values, the first in row-major order is selected; NaN beats all values, as in PyTorch. A
/// window without any cell gives minus infinity.
public struct MaxPooling: PoolingOperator, Hashable {
    /// The ONNX name.
    public static let kind = "MaxPool"

    /// The window.
    public let window: Window

    /// Creates a pooling; `paddingEnd` defaults to `padding`.
    public init(
        kernel: Extent, stride: Extent, padding: Extent = 0, dilation: Extent = 1, paddingEnd: Extent? = nil,
        ceilMode: Bool = false
    ) {
        window = Window(
            kernel: kernel, stride: stride, padding: padding, dilation: dilation, paddingEnd: paddingEnd,
            ceilMode: ceilMode)
    }

    /// The position of each maximum in its plane, as the bits of a 32-bit integer.
    public func savedCount(inputs: [[Int]], output: [Int]) -> Int { output.reduce(1, *) }

    private static let nobody = UInt32.max

    /// Searches each window in order.
    public func forward(_ call: ForwardCall) {
        let (from, to) = (MapShape(call.inputs[0].shape), MapShape(call.output.shape))
        Parallel.forEach(to.batch * to.channels) { plane, _ in
            let input = call.inputs[0].pointer + plane * from.area
            var place = plane * to.area
            for row in 0..<to.rows {
                let top = row * stride.rows - padding.rows
                let rows = Window.onMap(start: top, dilation: dilation.rows, kernel: kernel.rows, extent: from.rows)
                for column in 0..<to.columns {
                    let left = column * stride.columns - padding.columns
                    let columns = Window.onMap(
                        start: left, dilation: dilation.columns, kernel: kernel.columns, extent: from.columns)
                    var winner = Self.nobody
                    var best = -Float.infinity
                    for y in rows {
                        let start = (top + y * dilation.rows) * from.columns + left
                        for x in columns {
                            let index = start + x * dilation.columns
                            if input[index] > best || input[index].isNaN || winner == Self.nobody {
                                best = input[index]
                                winner = UInt32(index)
                            }
                        }
                    }
                    call.output.pointer[place] = best
                    call.saved.pointer[place] = Float(bitPattern: winner)
                    place += 1
                }
            }
        }
    }

    /// The gradient goes to the position of the maximum.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0] else { return }
        let (from, to) = (MapShape(gradient.shape), MapShape(call.outputGradient.shape))
        Parallel.forEach(to.batch * to.channels) { plane, _ in
            let target = gradient.pointer + plane * from.area
            for place in plane * to.area..<(plane + 1) * to.area {
                let winner = call.forward.saved.pointer[place].bitPattern
                if winner != Self.nobody { target[Int(winner)] += call.outputGradient.pointer[place] }
            }
        }
    }
}
