import Graphs
import Tensors

/// The real numbers that whole ones stand for; ONNX `DequantizeLinear`.
///
///     output = (input - zero_point) · scale
///
/// The output has the input's shape; scale and zero point are single numbers, or one for each place along ``axis``.
public struct DequantizeLinear: Operator, Hashable {
    /// ONNX's name.
    public static let kind = "DequantizeLinear"

    /// The axis along which each place has its own scale and zero point; nil where all share one.
    public let axis: Int?
    /// The extent of that axis.
    public let channels: Int?

    /// One scale for all.
    public init() { (axis, channels) = (nil, nil) }

    /// A scale for each of so many places along an axis.
    public init(axis: Int, channels: Int) {
        precondition(axis >= 0 && channels > 0, "\(channels) scales along the axis \(axis)")
        (self.axis, self.channels) = (axis, channels)
    }

    /// `scale` and `zero_point`; neither is learned.
    public var parameters: [ParameterDeclaration] { quantizationParameters(channels: channels) }

    /// The input's shape.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        try requireChannels(inputs[0], axis: axis, channels: channels)
        return inputs[0]
    }

    /// The formula above.
    public func forward(_ call: ForwardCall) {
        let (input, output) = (call.inputs[0].pointer, call.output.pointer)
        let (scales, zeros) = (call.parameters[0].pointer, call.parameters[1].pointer)
        forEachRun(call.output.shape, axis: axis) { range, channel in
            let (scale, zero) = (scales[channel], zeros[channel])
            for index in range { output[index] = (input[index] - zero) * scale }
        }
    }

    /// The slope times the scale.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0]?.pointer else { return }
        let (scales, slope) = (call.forward.parameters[0].pointer, call.outputGradient.pointer)
        forEachRun(call.outputGradient.shape, axis: axis) { range, channel in
            let scale = scales[channel]
            for index in range { gradient[index] += slope[index] * scale }
        }
    }
}
