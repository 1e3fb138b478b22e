import Graphs

/// What all convolutions have in common.
public struct ConvolutionAttributes: Hashable, Sendable {
    let inputChannels, outputChannels: Int
    let window: Window
    let groups: Int
    let bias: Bool
    private let initializer, biasInitializer: ParameterDeclaration.Initializer?

    init(
        inputChannels: Int, outputChannels: Int, window: Window, groups: Int, bias: Bool,
        initializer: ParameterDeclaration.Initializer?, biasInitializer: ParameterDeclaration.Initializer? = nil
    ) {
        precondition(
            groups > 0 && inputChannels % groups == 0 && outputChannels % groups == 0,
            "\(inputChannels) and \(outputChannels) channels do not split into \(groups) groups")
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.window = window
        self.groups = groups
        self.bias = bias
        self.initializer = initializer
        self.biasInitializer = biasInitializer
    }

    /// Returns a weight with these channels and, optionally, a bias; by default, both are uniform in `±1 / sqrt(fan in)`.
    func parameters(weight first: Int, _ second: Int) -> [ParameterDeclaration] {
        let kernel = window.kernel
        let fanIn = second / groups * kernel.area
        let usual = ParameterDeclaration.Initializer.uniform(bound: 1 / Double(fanIn).squareRoot())
        let weight = ParameterDeclaration(
            "weight", [first, second / groups, kernel.rows, kernel.columns], .weight, initializer ?? usual)
        return bias
            ? [weight, ParameterDeclaration("bias", [outputChannels], .bias, biasInitializer ?? usual)] : [weight]
    }
}

/// A convolution, plain, transposed or deformable.
public protocol ConvolutionOperator: WindowOperator {
    /// Its attributes.
    var attributes: ConvolutionAttributes { get }
}

extension ConvolutionOperator {
    /// The window.
    public var window: Window { attributes.window }
    /// Channels of the input.
    public var inputChannels: Int { attributes.inputChannels }
    /// Channels of the output.
    public var outputChannels: Int { attributes.outputChannels }
    /// The number of groups, each an independent convolution.
    public var groups: Int { attributes.groups }
    /// Whether the layer has a bias.
    public var bias: Bool { attributes.bias }

    /// `weight` and, optionally, `bias`.
    public var parameters: [ParameterDeclaration] {
        attributes.parameters(weight: outputChannels, inputChannels)
    }

    func addBias(_ call: ForwardCall) {
        if bias { ChannelBias.add(call.parameters[1], to: call.output) }
    }

    func addBiasGradient(_ call: BackwardCall) {
        if bias, let gradient = call.parameterGradients[1] {
            ChannelBias.addGradient(of: call.outputGradient, to: gradient)
        }
    }
}
