import Graphs
import Tensors

/// Quantization of real numbers to 8-bit integers; ONNX `QuantizeLinear`.
///
///     output = saturate(round(input / scale) + zero_point)
///
/// Halves are rounded to even, and values outside the range of ``integers`` are clamped. The output holds exact integers, stored as floats.
/// It has the input's shape; scale and zero point are scalars, or have one entry per position along ``axis``.
public struct QuantizeLinear: Operator, Hashable {
    /// The ONNX name.
    public static let kind = "QuantizeLinear"

    /// The integer type of the output.
    public let integers: IntegerKind
    /// The axis along which each position has its own scale and zero point; nil if all share one.
    public let axis: Int?
    /// The extent of that axis.
    public let channels: Int?

    /// Creates an operator with one scale for all elements.
    public init(_ integers: IntegerKind) {
        self.integers = integers
        (axis, channels) = (nil, nil)
    }

    /// Creates an operator with one scale per position along an axis.
    public init(_ integers: IntegerKind, axis: Int, channels: Int) {
        precondition(axis >= 0 && channels > 0, "cannot have \(channels) scales along axis \(axis)")
        self.integers = integers
        (self.axis, self.channels) = (axis, channels)
    }

    /// `scale`, above zero, and `zero_point`, an integer in range; neither is learned.
    public var parameters: [ParameterDeclaration] { quantizationParameters(channels: channels) }

    /// The input's shape.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        try requireChannels(inputs[0], axis: axis, channels: channels)
        return inputs[0]
    }

    /// The formula above; NaN stays NaN.
    public func forward(_ call: ForwardCall) {
        let (input, output) = (call.inputs[0].pointer, call.output.pointer)
        let (scales, zeros) = (call.parameters[0].pointer, call.parameters[1].pointer)
        let (lowest, highest) = (Float(integers.range.lowerBound), Float(integers.range.upperBound))
        forEachRun(call.output.shape, axis: axis) { range, channel in
            let (scale, zero) = (scales[channel], zeros[channel])
            for index in range {
                let moved = rounded(input[index] / scale) + zero
                let raised = moved < lowest ? lowest : moved
                output[index] = raised > highest ? highest : raised
            }
        }
    }

    /// Straight-through estimator (Bengio et al., arXiv:1308.3432): `1 / scale` where the rounded number is in range, zero where it was
    /// clamped.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0]?.pointer else { return }
        let (input, slope) = (call.forward.inputs[0].pointer, call.outputGradient.pointer)
        let (scales, zeros) = (call.forward.parameters[0].pointer, call.forward.parameters[1].pointer)
        let (lowest, highest) = (Float(integers.range.lowerBound), Float(integers.range.upperBound))
        forEachRun(call.outputGradient.shape, axis: axis) { range, channel in
            let (scale, zero) = (scales[channel], zeros[channel])
            for index in range {
                let moved = rounded(input[index] / scale) + zero
                let passed = slope[index] / scale
                gradient[index] += moved >= lowest && moved <= highest ? passed : 0
            }
        }
    }
}

/// Returns the nearest integer, rounding ties to even; values beyond four million are only kept beyond it.
///
/// Not every x86-64 processor has a rounding instruction, and a function call per number would take most of the time. Adding 1.5 · 2²³
/// leaves no bits for a fraction.
@inline(__always)
private func rounded(_ x: Float) -> Float {
    let magic: Float = 12_582_912
    let bound: Float = 4_194_304
    let raised = x < -bound ? -bound : x
    let kept = raised > bound ? bound : raised
    return (kept + magic) - magic
}

/// Returns the parameters of both operators: scale and zero point.
func quantizationParameters(channels: Int?) -> [ParameterDeclaration] {
    let shape = channels.map { [$0] } ?? []
    return [
        ParameterDeclaration("scale", shape, .statistic, .constant(1.0 / 64)),
        ParameterDeclaration("zero_point", shape, .statistic, .constant(0)),
    ]
}

/// Checks that there are as many scales as positions along the axis.
func requireChannels(_ shape: [Int], axis: Int?, channels: Int?) throws(ShapeError) {
    guard let axis, let channels else { return }
    guard shape.indices.contains(axis), shape[axis] == channels else {
        throw ShapeError("\(channels) scales along the axis \(axis) do not fit the shape \(shape)")
    }
}

/// Calls `body` with ranges of adjacent elements that share a scale, and the scale's index; each element is in one range.
func forEachRun(_ shape: [Int], axis: Int?, _ body: (_ range: Range<Int>, _ channel: Int) -> Void) {
    guard let axis else {
        Parallel.forRanges(shape.reduce(1, *)) { body($0, 0) }
        return
    }
    let view = AxisView(shape, axis: axis)
    let rows = view.outer * view.extent
    let together = max(1, (1 << 15) / max(1, view.inner))
    Parallel.forEach((rows + together - 1) / together) { unit, _ in
        for row in unit * together..<min(rows, (unit + 1) * together) {
            body(row * view.inner..<(row + 1) * view.inner, row % view.extent)
        }
    }
}
