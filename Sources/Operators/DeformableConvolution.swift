import Graphs
import Tensors

/// Deformable convolution: a convolution whose sampling positions are shifted by learned offsets (Dai et al., arXiv:1703.06211, equation
/// 2), with an optional mask that weights each sample (Zhu et al., arXiv:1811.11168, equation 1); ONNX `DeformConv`,
/// `torchvision.ops.deform_conv2d`.
///
///     output[n, k, y, x] = bias[k] + Σ c, i, j  weight[k, c, i, j] · mask[n, (g, i, j), y, x] · input[n, c](
///         y·stride + i·dilation - padding + offset[n, (g, i, j, 0), y, x], x·… + offset[n, (g, i, j, 1), y, x])
///
/// where `g` is the offset group of channel `c`, and the input is interpolated bilinearly, with zeros outside.
///
/// Inputs: `[batch, inputChannels, row, column]`; offsets `[batch, offsetGroups · kernel rows · kernel columns · 2, y, x]` in cells, rows
/// before columns; optionally the mask `[batch, offsetGroups · kernel rows · kernel columns, y, x]`. Output `[batch, outputChannels, y,
/// x]`, weight `[outputChannels, inputChannels / groups, kernel row, kernel column]`, bias `[outputChannels]`.
public struct DeformableConvolution: ConvolutionOperator, Hashable {
    /// The ONNX name.
    public static let kind = "DeformConv"

    /// Channels, window, groups, bias, and initial values.
    public let attributes: ConvolutionAttributes
    /// The number of channel groups, each with its own offsets.
    public let offsetGroups: Int

    /// Creates a deformable convolution; by default, the weight is initialized uniformly in `±1 / sqrt(fan in)` and the bias to zero, as
    /// published.
    public init(
        inputChannels: Int, outputChannels: Int, kernel: Extent, stride: Extent = 1, padding: Extent = 0,
        dilation: Extent = 1, groups: Int = 1, offsetGroups: Int = 1, bias: Bool = true,
        initializer: ParameterDeclaration.Initializer? = nil, biasInitializer: ParameterDeclaration.Initializer? = nil
    ) {
        precondition(
            offsetGroups > 0 && inputChannels % offsetGroups == 0,
            "\(inputChannels) channels do not split into \(offsetGroups) offset groups")
        attributes = ConvolutionAttributes(
            inputChannels: inputChannels, outputChannels: outputChannels,
            window: Window(kernel: kernel, stride: stride, padding: padding, dilation: dilation), groups: groups,
            bias: bias, initializer: initializer, biasInitializer: biasInitializer ?? .constant(0))
        self.offsetGroups = offsetGroups
    }

    /// The input, the offsets, and optionally the mask.
    public var inputCount: ClosedRange<Int> { 2...3 }

    /// `[batch, outputChannels, positions, positions]`.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        let output = try positions(
            on: try MapShape(checking: inputs[0], channels: inputChannels), channels: outputChannels)
        let planes = offsetGroups * kernel.area
        for (given, (name, count)) in zip(inputs.dropFirst(), [("offset", 2 * planes), ("mask", planes)]) {
            let expected = [output[0], count, output[2], output[3]]
            guard given == expected else {
                throw ShapeError("the \(name) has the shape \(given) where \(expected) was expected")
            }
        }
        return output
    }

    /// Memory to unroll a band of the input per thread.
    public func scratchCount(inputs: [[Int]], output: [Int]) -> Int { product(inputs[0], output).scratchCount }

    /// One multiply-add per weight and output cell, and four per sample.
    public func multiplyAdds(inputs: [[Int]], output: [Int]) -> Int {
        let samples = output[0] * output[2] * output[3] * inputChannels * kernel.area
        return samples * (outputChannels / groups + 4)
    }

    /// Multiplies the kernel by the sampled input, then adds the bias.
    public func forward(_ call: ForwardCall) {
        product(call.inputs[0].shape, call.output.shape).forward(
            SampledInput(call.inputs), kernel: call.parameters[0], into: call.output, scratch: call.scratch)
        addBias(call)
    }

    /// The transposed kernel times the output's gradient is the samples' gradient; each sample passes it on to the four cells around it, to
    /// its offsets and to its mask. The weight's gradient is the output's gradient times the samples.
    public func backward(_ call: BackwardCall) {
        let forward = call.forward
        let product = product(forward.inputs[0].shape, call.outputGradient.shape)
        if call.inputGradients.contains(where: { $0 != nil }) {
            product.inputGradients(
                SampledInput(forward.inputs), kernel: forward.parameters[0], slope: call.outputGradient,
                addingTo: call.inputGradients, scratch: forward.scratch)
        }
        if let gradient = call.parameterGradients[0] {
            product.kernelGradient(
                SampledInput(forward.inputs), slope: call.outputGradient, addingTo: gradient, scratch: forward.scratch)
        }
        addBiasGradient(call)
    }

    private func product(_ input: [Int], _ output: [Int]) -> DeformableProduct {
        DeformableProduct(
            window: window, groups: groups, offsetGroups: offsetGroups, input: MapShape(input),
            output: MapShape(output))
    }
}
