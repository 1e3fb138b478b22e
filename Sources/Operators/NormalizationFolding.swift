import Graphs
import Tensors

/// A convolution of any kind: scaling its weight scales the channels of its output.
public protocol ScalableConvolution: Operator {
    /// Channels of the output.
    var outputChannels: Int { get }
    /// Whether the convolution has a bias.
    var bias: Bool { get }
    /// The same convolution with a bias.
    var withBias: any Operator { get }
    /// Returns the output channel to which an element of the weight contributes.
    func outputChannel(ofWeight index: Int) -> Int
}

extension Convolution: ScalableConvolution {
    /// Kernels are stored one after the other.
    public func outputChannel(ofWeight index: Int) -> Int {
        index / (inputChannels / groups * kernel.rows * kernel.columns)
    }

    /// The same convolution with a bias.
    public var withBias: any Operator {
        Convolution(
            inputChannels: inputChannels, outputChannels: outputChannels, kernel: kernel, stride: stride,
            padding: padding, dilation: dilation, groups: groups, bias: true)
    }
}

extension TransposedConvolution: ScalableConvolution {
    /// The weight is `[inputChannels, outputChannels / groups, …]`, and the input's channels are grouped as well.
    public func outputChannel(ofWeight index: Int) -> Int {
        let perGroup = outputChannels / groups
        let plane = index / (kernel.rows * kernel.columns)
        let group = plane / perGroup / (inputChannels / groups)
        return group * perGroup + plane % perGroup
    }

    /// The same convolution with a bias.
    public var withBias: any Operator {
        TransposedConvolution(
            inputChannels: inputChannels, outputChannels: outputChannels, kernel: kernel, stride: stride,
            padding: padding, outputPadding: outputPadding, dilation: dilation, groups: groups, bias: true)
    }
}

extension DeformableConvolution: ScalableConvolution {
    /// Kernels are stored one after the other.
    public func outputChannel(ofWeight index: Int) -> Int {
        index / (inputChannels / groups * kernel.rows * kernel.columns)
    }

    /// The same convolution with a bias.
    public var withBias: any Operator {
        DeformableConvolution(
            inputChannels: inputChannels, outputChannels: outputChannels, kernel: kernel, stride: stride,
            padding: padding, dilation: dilation, groups: groups, offsetGroups: offsetGroups, bias: true)
    }
}

/// Batch normalizations that are folded into the preceding convolutions.
///
///     weight' = weight · f[k]      bias' = (bias - mean[k]) · f[k] + beta[k]      f[k] = gamma[k] / sqrt(variance[k] + epsilon)
///
/// The convolution and its parameters keep their names; its output gets the normalization's name, so that both names still refer to a value
/// in the graph.
public struct NormalizationFolding: Sendable {
    /// The normalization folded into each convolution, by node index.
    public private(set) var normalizations: [Int: Int] = [:]

    /// Finds the normalizations whose input is a convolution that nothing else reads.
    public init(_ graph: Graph) {
        var readers = [Int](repeating: 0, count: graph.nodes.count)
        for node in graph.nodes { for input in node.inputs { readers[input.index] += 1 } }
        for output in graph.outputs { readers[output.value.index] += 1 }
        for (index, node) in graph.nodes.enumerated() where node.operator is BatchNormalization {
            let source = node.inputs[0].index
            if readers[source] == 1, graph.nodes[source].operator is any ScalableConvolution {
                normalizations[source] = index
            }
        }
    }

    /// Creates an empty folding.
    public init() {}

    /// Returns the weight and bias of a convolution with a normalization folded in.
    ///
    /// - Parameters:
    ///   - own: The convolution's weight and, if it has one, bias.
    ///   - statistics: The normalization's parameters.
    public static func fold(
        _ convolution: some ScalableConvolution, _ own: [TensorView], _ normalization: BatchNormalization,
        _ statistics: [TensorView]
    ) -> (weight: Tensor, bias: Tensor) {
        let channels = convolution.outputChannels
        let values = statistics.map(\.elements)
        let factors = (0..<channels).map { channel in
            Double(values[0][channel])
                / (Double(values[3][channel]) + Double(normalization.epsilon)).squareRoot()
        }
        var weight = Tensor(copying: own[0])
        weight.withMutableElements { elements in
            for index in elements.indices {
                elements[index] = Float(
                    Double(elements[index]) * factors[convolution.outputChannel(ofWeight: index)])
            }
        }
        let bias = (0..<channels).map { channel in
            let before = own.count > 1 ? Double(own[1].elements[channel]) : 0
            return Float((before - Double(values[2][channel])) * factors[channel] + Double(values[1][channel]))
        }
        return (weight, Tensor([channels], elements: bias))
    }
}
