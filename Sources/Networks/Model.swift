import Boxes
import Graphs

/// A network with its parameters and everything needed to use it: the content of a weights file.
///
/// The parameters are shared between copies of a model.
public struct Model: Sendable {
    /// The network's configuration.
    public var network: NetworkConfiguration
    /// The class names, in the order of the heatmap's channels.
    public var classNames: [String]
    /// The id of each class in results files, if the training data set had its own ids.
    public var categoryIDs: [Int]?
    /// The skeleton; nil for a network without keypoints.
    public var skeleton: Skeleton?
    /// The side of the square that images are warped to, in pixels.
    public var inputSize: Int
    /// The mean that is subtracted from each channel (red, green, blue; full brightness is 1).
    public var mean: [Float]
    /// The standard deviation that each channel is then divided by.
    public var standardDeviation: [Float]
    /// The quantization; nil for a network that computes with floats only.
    public var quantization: ModelQuantization?
    /// The network's graph.
    public var graph: Graph
    /// The network's parameters.
    public var parameters: ParameterStore

    /// Creates a network with random parameters, reproducible by seed; images are normalized as for torchvision's networks.
    ///
    /// - Throws: ``NetworkError`` for an unknown network, sizes out of range, or class names or a skeleton that do not match.
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
