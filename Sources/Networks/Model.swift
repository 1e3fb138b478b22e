import Boxes
import Graphs

/// A network with its numbers, and all that it takes to use it: weights files hold exactly this.
///
/// The parameters are shared between copies of a model.
public struct Model: Sendable {
    /// Which network it is.
    public var network: NetworkConfiguration
    /// What the heatmap's channels stand for.
    public var classNames: [String]
    /// The number that stands for each class in result files, where the data set that it learned from has numbers of its own.
    public var categoryIDs: [Int]?
    /// What the keypoints are; nil for a network of boxes alone.
    public var skeleton: Skeleton?
    /// The side of the square that images are warped to, in pixels.
    public var inputSize: Int
    /// Subtracted from each channel (red, green, blue; full brightness is 1).
    public var mean: [Float]
    /// By which each channel is then divided.
    public var standardDeviation: [Float]
    /// What was quantized; nil for a network that computes with floats alone.
    public var quantization: ModelQuantization?
    /// The network's nodes.
    public var graph: Graph
    /// The network's numbers.
    public var parameters: ParameterStore

    /// A network with random numbers, reproducible by seed; images are normalized as for torchvision's networks.
    ///
    /// - Throws: ``NetworkError`` for an unknown network, sizes that it cannot have, or class names or a skeleton that do not fit.
    public init(
        network: NetworkConfiguration, classNames: [String], skeleton: Skeleton? = nil, inputSize: Int, seed: UInt64
    ) throws(NetworkError) {
        try self.init(network: network, classNames: classNames, skeleton: skeleton, inputSize: inputSize) {
            ParameterStore(for: $0, seed: seed)
        }
    }

    init(
        network: NetworkConfiguration, classNames: [String], skeleton: Skeleton?, inputSize: Int,
        quantization: ModelQuantization? = nil, parameters: (Graph) -> ParameterStore
    ) throws(NetworkError) {
        guard classNames.count == network.classCount, Set(classNames).count == classNames.count else {
            throw .classNames(classNames, classCount: network.classCount)
        }
        guard network.keypointCount == skeleton?.keypointCount ?? 0 else {
            throw .skeleton(keypoints: skeleton?.keypointCount ?? 0, expected: network.keypointCount)
        }
        graph = try NetworkCatalogue.make(network, quantization: quantization)
        self.quantization = quantization
        try NetworkCatalogue.requireInputSize(inputSize, of: network.name)
        self.network = network
        self.classNames = classNames
        self.skeleton = skeleton
        self.inputSize = inputSize
        (mean, standardDeviation) = (ImageStatistics.imageNet.mean, ImageStatistics.imageNet.standardDeviation)
        self.parameters = parameters(graph)
    }
}
