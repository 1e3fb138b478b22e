import Graphs
import Tensors

/// The real numbers represented by quantized integers; ONNX `DequantizeLinear`.
///
///     output = (input - zero_point) · scale
///
/// The output has the input's shape; scale and zero point are scalars, or have one entry per position along ``axis``.
public struct DequantizeLinear: Operator, Hashable {
    /// The ONNX name.
    public static let kind = "DequantizeLinear"

    /// The axis along which each position has its own scale and zero point; nil if all share one.
    public let axis: Int?
    /// The extent of that axis.
    public let channels: Int?

    /// Creates an operator with one scale for all elements.
    public init() { (axis, channels) = (nil, nil) }

    /// Creates an operator with one scale per position along an axis.
    public init(axis: Int, channels: Int) {
        precondition(axis >= 0 && channels > 0, "cannot have \(channels) scales along axis \(axis)")
        (self.axis, self.channels) = (axis, channels)
    }

    /// `scale` and `zero_point`; neither is learned.
    public var parameters: [ParameterDeclaration] { quantizationParameters(channels: channels) }

    /// The input's shape.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        try requireChannels(inputs[0], axis: axis, channels: channels)
        return inputs[0]
    }

    /// Computes the formula above.
    public func forward(_ call: ForwardCall) {
        let (input, output) = (call.inputs[0].pointer, call.output.pointer)
        let (scales, zeros) = (call.parameters[0].pointer, call.parameters[1].pointer)
        forEachRun(call.output.shape, axis: axis) { range, channel in
            let (scale, zero) = (scales[channel], zeros[channel])
            for index in range { output[index] = (input[index] - zero) * scale }
        }
    }

    /// Multiplies the gradient by the scale.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0]?.pointer else { return }
        let (scales, slope) = (call.forward.parameters[0].pointer, call.outputGradient.pointer)
        forEachRun(call.outputGradient.shape, axis: axis) { range, channel in
            let scale = scales[channel]
            for index in range { gradient[index] += slope[index] * scale }
        }
    }
}
