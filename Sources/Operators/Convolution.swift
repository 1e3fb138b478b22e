import Graphs
import Tensors

/// Two-dimensional convolution (as cross-correlation, as usual in deep learning); ONNX `Conv`.
///
///     output[n, k, y, x] = bias[k] + Σ c, i, j  weight[k, c, i, j] · input[n, c, y·stride + i·dilation - padding, x·…]
///
/// Input `[batch, inputChannels, row, column]`, output `[batch, outputChannels, row, column]`, weight
/// `[outputChannels, inputChannels / groups, kernel row, kernel column]`, bias `[outputChannels]`. Cells outside the input are zero.
public struct Convolution: ConvolutionOperator, Hashable {
    /// The ONNX name.
    public static let kind = "Conv"

    /// Channels, window, groups, bias, and initial values.
    public let attributes: ConvolutionAttributes

    /// Creates a convolution; by default, weight and bias are initialized uniformly in `±1 / sqrt(fan in)`, as in PyTorch.
    public init(
        inputChannels: Int, outputChannels: Int, kernel: Extent, stride: Extent = 1, padding: Extent = 0,
        dilation: Extent = 1, groups: Int = 1, bias: Bool = true,
        initializer: ParameterDeclaration.Initializer? = nil, biasInitializer: ParameterDeclaration.Initializer? = nil
    ) {
        attributes = ConvolutionAttributes(
            inputChannels: inputChannels, outputChannels: outputChannels,
            window: Window(kernel: kernel, stride: stride, padding: padding, dilation: dilation), groups: groups,
            bias: bias, initializer: initializer, biasInitializer: biasInitializer)
    }

    /// `[batch, outputChannels, positions, positions]`.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        try positions(on: try MapShape(checking: inputs[0], channels: inputChannels), channels: outputChannels)
    }

    /// Memory to unroll a band of the input per thread.
    public func scratchCount(inputs: [[Int]], output: [Int]) -> Int { product(inputs[0], output).scratchCount }

    /// One multiply-add per weight and output cell.
    public func multiplyAdds(inputs: [[Int]], output: [Int]) -> Int {
        output.reduce(1, *) * (inputChannels / groups) * kernel.area
    }

    /// Gathers from the input, then adds the bias.
    public func forward(_ call: ForwardCall) {
        product(call.inputs[0].shape, call.output.shape).gather(
            kernel: call.parameters[0], wide: call.inputs[0], into: call.output, scratch: call.scratch)
        addBias(call)
    }

    /// The output's gradient scattered into the input's; for the weight, its product with the input.
    public func backward(_ call: BackwardCall) {
        let (input, scratch) = (call.forward.inputs[0], call.forward.scratch)
        let product = product(input.shape, call.outputGradient.shape)
        if let gradient = call.inputGradients[0] {
            product.scatter(
                kernel: call.forward.parameters[0], narrow: call.outputGradient, into: gradient, scratch: scratch)
        }
        if let gradient = call.parameterGradients[0] {
            product.kernelGradient(wide: input, narrow: call.outputGradient, addingTo: gradient, scratch: scratch)
        }
        addBiasGradient(call)
    }

    private func product(_ input: [Int], _ output: [Int]) -> WindowProduct {
        WindowProduct(window: window, groups: groups, wide: MapShape(input), narrow: MapShape(output))
    }
}
