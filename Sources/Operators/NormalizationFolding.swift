import Graphs
import Tensors

/// A convolution of any kind: scaling its weight scales the channels of its result.
public protocol ScalableConvolution: Operator {
    /// Channels of the result.
    var outputChannels: Int { get }
    /// Whether a number is added to each of them.
    var bias: Bool { get }
    /// The same convolution with a bias.
    var withBias: any Operator { get }
    /// The channel of the result that an element of the weight counts for.
    func outputChannel(ofWeight index: Int) -> Int
}

extension Convolution: ScalableConvolution {
    /// Kernels one after the other.
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
    /// The weight is `[inputChannels, outputChannels / groups, …]`, and the input's channels are in groups, too.
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
    /// Kernels one after the other.
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

/// Batch normalizations that become part of the convolution before them.
///
///     weight' = weight · f[k]      bias' = (bias - mean[k]) · f[k] + beta[k]      f[k] = gamma[k] / sqrt(variance[k] + epsilon)
///
/// The convolution keeps its name and its parameters theirs; what it returns is called as the normalization was, so that both names
/// still mean a place in the graph.
public struct NormalizationFolding: Sendable {
    /// For each convolution that takes a normalization in, which node that is.
    public private(set) var normalizations: [Int: Int] = [:]

    /// Which normalizations of a graph read nothing but a convolution that nobody else reads.
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

    /// Nothing becomes part of anything.
    public init() {}

    /// The weight and the bias of a convolution that has taken a normalization in.
    ///
    /// - Parameters:
    ///   - own: The convolution's weight and, where it has one, bias.
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
