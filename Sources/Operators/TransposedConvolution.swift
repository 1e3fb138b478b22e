import Graphs
import Tensors

/// Transposed convolution, which enlarges a map by its stride; ONNX `ConvTranspose`, PyTorch's `ConvTranspose2d`.
///
///     output[n, k, y·stride + i·dilation - padding, x·…] += weight[c, k, i, j] · input[n, c, y, x]
///
/// Input `[batch, inputChannels, row, column]`, output `[batch, outputChannels, row, column]`, weight
/// `[inputChannels, outputChannels / groups, kernel row, kernel column]`, bias `[outputChannels]`.
public struct TransposedConvolution: ConvolutionOperator, Hashable {
    /// The ONNX name.
    public static let kind = "ConvTranspose"

    /// Channels, window, groups, bias, and initial values.
    public let attributes: ConvolutionAttributes
    /// Cells added at the output's lower and right edges, to choose among the sizes that the stride maps to the same input size.
    public let outputPadding: Extent

    /// Creates a transposed convolution; by default, weight and bias are initialized uniformly in `±1 / sqrt(fan in)`, as in PyTorch.
    public init(
        inputChannels: Int, outputChannels: Int, kernel: Extent, stride: Extent = 1, padding: Extent = 0,
        outputPadding: Extent = 0, dilation: Extent = 1, groups: Int = 1, bias: Bool = true,
        initializer: ParameterDeclaration.Initializer? = nil
    ) {
        attributes = ConvolutionAttributes(
            inputChannels: inputChannels, outputChannels: outputChannels,
            window: Window(kernel: kernel, stride: stride, padding: padding, dilation: dilation), groups: groups,
            bias: bias, initializer: initializer)
        self.outputPadding = outputPadding
    }

    /// `weight` and, optionally, `bias`.
    public var parameters: [ParameterDeclaration] {
        attributes.parameters(weight: inputChannels, outputChannels)
    }

    /// `[batch, outputChannels, (rows - 1) · stride - 2 · padding + dilation · (kernel - 1) + outputPadding + 1, …]`.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        let input = try MapShape(checking: inputs[0], channels: inputChannels)
        guard outputPadding.rows < max(stride.rows, dilation.rows),
            outputPadding.columns < max(stride.columns, dilation.columns)
        else {
            throw ShapeError("the output padding \(outputPadding) must be below the stride \(stride) or the dilation")
        }
        let extent = try window.covered(rows: input.rows, columns: input.columns, outputPadding: outputPadding)
        return [input.batch, outputChannels, extent.rows, extent.columns]
    }

    /// Memory to unroll a band of the output per thread.
    public func scratchCount(inputs: [[Int]], output: [Int]) -> Int { product(inputs[0], output).scratchCount }

    /// One multiply-add per weight and input cell.
    public func multiplyAdds(inputs: [[Int]], output: [Int]) -> Int {
        inputs[0].reduce(1, *) * (outputChannels / groups) * kernel.area
    }

    /// Scatters the input into the output, then adds the bias.
    public func forward(_ call: ForwardCall) {
        call.output.fill(0)
        product(call.inputs[0].shape, call.output.shape).scatter(
            kernel: call.parameters[0], narrow: call.inputs[0], into: call.output, scratch: call.scratch)
        addBias(call)
    }

    /// Gathers the output's gradient into the input's; the weight's gradient is its product with the input.
    public func backward(_ call: BackwardCall) {
        let (input, scratch) = (call.forward.inputs[0], call.forward.scratch)
        let product = product(input.shape, call.outputGradient.shape)
        if let gradient = call.inputGradients[0] {
            product.gather(
                kernel: call.forward.parameters[0], wide: call.outputGradient, into: gradient, scratch: scratch,
                adding: true)
        }
        if let gradient = call.parameterGradients[0] {
            product.kernelGradient(wide: call.outputGradient, narrow: input, addingTo: gradient, scratch: scratch)
        }
        addBiasGradient(call)
    }

    private func product(_ input: [Int], _ output: [Int]) -> WindowProduct {
        WindowProduct(window: window, groups: groups, wide: MapShape(output), narrow: MapShape(input))
    }
}
