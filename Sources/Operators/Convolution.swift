import Graphs
import Tensors

/// Two-dimensional convolution (as cross-correlation, as usual in deep learning); ONNX `Conv`.
///
///     output[n, k, y, x] = bias[k] + Σ c, i, j  weight[k, c, i, j] · input[n, c, y·stride + i·dilation - padding, x·…]
///
/// Input `[batch, inputChannels, row, column]`, output `[batch, outputChannels, row, column]`, weight
/// `[outputChannels, inputChannels / groups, kernel row, kernel column]`, bias `[outputChannels]`. Cells outside the input are zero.
public struct Convolution: Operator, Hashable {
    /// The ONNX name.
    public static let kind = "Conv"

    /// Channels of the input.
    public let inputChannels: Int
    /// Channels of the output.
    public let outputChannels: Int
    /// The kernel's size.
    public let kernel: Extent
    /// Input cells between two window positions.
    public let stride: Extent
    /// Zeros around the input.
    public let padding: Extent
    /// Input cells between two kernel elements.
    public let dilation: Extent
    /// The number of groups, each an independent convolution.
    public let groups: Int
    /// Whether the layer has a bias.
    public let bias: Bool
    private let initializer: ParameterDeclaration.Initializer?
    private let biasInitializer: ParameterDeclaration.Initializer?

    /// Creates a convolution; by default, weight and bias are initialized uniformly in `±1 / sqrt(fan in)`, as in PyTorch.
    public init(
        inputChannels: Int, outputChannels: Int, kernel: Extent, stride: Extent = 1, padding: Extent = 0,
        dilation: Extent = 1, groups: Int = 1, bias: Bool = true,
        initializer: ParameterDeclaration.Initializer? = nil, biasInitializer: ParameterDeclaration.Initializer? = nil
    ) {
        precondition(
            groups > 0 && inputChannels % groups == 0 && outputChannels % groups == 0,
            "\(inputChannels) and \(outputChannels) channels do not split into \(groups) groups")
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.groups = groups
        self.bias = bias
        self.initializer = initializer
        self.biasInitializer = biasInitializer
    }

    /// `weight` and, optionally, `bias`.
    public var parameters: [ParameterDeclaration] {
        let fanIn = inputChannels / groups * kernel.area
        let usual = ParameterDeclaration.Initializer.uniform(bound: 1 / Double(fanIn).squareRoot())
        let weight = ParameterDeclaration(
            "weight", [outputChannels, inputChannels / groups, kernel.rows, kernel.columns], .weight,
            initializer ?? usual)
        return bias
            ? [weight, ParameterDeclaration("bias", [outputChannels], .bias, biasInitializer ?? usual)] : [weight]
    }

    var window: Window { Window(kernel: kernel, stride: stride, padding: padding, dilation: dilation) }

    /// `[batch, outputChannels, positions, positions]`.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        let input = try MapShape(checking: inputs[0], channels: inputChannels)
        let positions = try window.positions(rows: input.rows, columns: input.columns)
        return [input.batch, outputChannels, positions.rows, positions.columns]
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
        if bias { ChannelBias.add(call.parameters[1], to: call.output) }
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
        if bias, let gradient = call.parameterGradients[1] {
            ChannelBias.addGradient(of: call.outputGradient, to: gradient)
        }
    }

    private func product(_ input: [Int], _ output: [Int]) -> WindowProduct {
        WindowProduct(window: window, groups: groups, wide: MapShape(input), narrow: MapShape(output))
    }
}
