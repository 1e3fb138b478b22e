import Boxes
import Foundation
import Graphs
import JSON
import Tensors
import WeightFiles

extension Model {
    /// Starts from another network's weights: every parameter that has a tensor that fits takes it, the others stay as they are. A
    /// classifier's file thus gives the trunk, a detector's for other classes everything but the last layer.
    ///
    /// - Parameter location: A weights file of any format, or a run's folder.
    /// - Throws: ``WeightsError``, also when less than half of what such files have names for fits.
    public func start(from location: URL) throws(WeightsError) -> WeightsMatch {
        let url = try Self.weightsFile(at: location)
        let match = WeightsMatch(try Self.floatWeights(url), graph: graph, network: network.name)
        try match.requireMost(path: url.path)
        try match.load(into: parameters, of: graph, path: url.path)
        return match
    }

    /// A model out of a detector's weights, as the program that trained it left them.
    ///
    /// - Parameters:
    ///   - classNames: In the order of the heatmap's channels.
    ///   - skeleton: What the keypoints are, of a network that finds them.
    ///   - statistics: Mean and standard deviation, red first; nil for those that go with the file's kind and the classes.
    /// - Throws: ``WeightsError``, also when anything of the network is missing; ``NetworkError``.
    public static func converting(
        _ url: URL, network name: String, classNames: [String], skeleton: Skeleton? = nil, inputSize: Int,
        statistics: ImageStatistics? = nil
    ) throws -> (model: Model, match: WeightsMatch) {
        let file = try floatWeights(url)
        let configuration = NetworkConfiguration(
            name: name, classCount: classNames.count,
            headChannels: WeightsMatch.headChannels(in: file, network: name),
            keypointCount: skeleton?.keypointCount ?? 0)
        var model = try Model(
            network: configuration, classNames: classNames, skeleton: skeleton, inputSize: inputSize, seed: 1)
        let match = WeightsMatch(file, graph: model.graph, network: name)
        try match.requireAll(path: url.path)
        try match.load(into: model.parameters, of: model.graph, path: url.path)
        let usual = match.scheme.imagesAreBGR ? ImageStatistics.centerNet(classNames: classNames) : .imageNet
        model.mean = (statistics ?? usual).mean
        model.standardDeviation = (statistics ?? usual).standardDeviation
        return (model, match)
    }

    /// Reads weights that other networks can take.
    ///
    /// - Throws: ``WeightsError/quantized(path:)`` for a quantized model: its tensors have the names of others, and mean something else.
    private static func floatWeights(_ url: URL) throws(WeightsError) -> WeightsFile {
        let file = try WeightsFile.read(url)
        if file.metadata[ModelQuantization.key] != nil { throw .quantized(path: url.path) }
        return file
    }

    /// The model's weights under the names that the network was published with, as other programs read them.
    ///
    /// - Throws: ``NetworkError/unpublished(_:)`` for a network of ours, ``NetworkError/quantized(_:)``.
    public func published() throws(NetworkError) -> (file: SafeTensorsFile, scheme: NameScheme) {
        if quantization != nil { throw .quantized(network.name) }
        let scheme = PublishedNames.schemes(for: network.name).dropFirst().first { scheme in
            graph.parameters.allSatisfy { scheme.published($0.name) != nil }
        }
        guard let scheme else { throw .unpublished(network.name) }
        let turned = scheme.imagesAreBGR ? Set(graph.imageWeights) : []
        let tensors = parameters.entries.map { entry in
            let tensor = Tensor(copying: entry.value)
            let name = scheme.published(entry.name) ?? entry.name
            return (name: name, tensor: turned.contains(entry.name) ? tensor.turningInputChannels() : tensor)
        }
        let channels =
            scheme.imagesAreBGR ? (mean.reversed(), standardDeviation.reversed()) : (mean, standardDeviation)
        let metadata = [
            "format": "pt", "names": scheme.name, "channels": scheme.imagesAreBGR ? "BGR" : "RGB",
            "mean": numberList(channels.0), "std": numberList(channels.1),
            "classNames": JSONValue.array(classNames.map { .string($0) }).text(),
        ]
        return (SafeTensorsFile(tensors: tensors, metadata: metadata), scheme)
    }
}

/// What is subtracted from images and what they are divided by, for red, green and blue in `0...1`.
public struct ImageStatistics: Sendable, Equatable {
    /// Red first.
    public var mean: [Float]
    /// Red first.
    public var standardDeviation: [Float]

    /// Statistics from their parts.
    public init(mean: [Float], standardDeviation: [Float]) {
        self.mean = mean
        self.standardDeviation = standardDeviation
    }

    /// ImageNet's, which torchvision's networks are fed with.
    public static let imageNet = ImageStatistics(
        mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225])

    /// What CenterNet's published detectors were trained with. It feeds images with blue first, and writes its numbers for COCO
    /// in that order; for VOC it applies ImageNet's, as they are, to blue, green and red.
    public static func centerNet(classNames: [String]) -> ImageStatistics {
        if classNames.count == 20 && classNames.first == "aeroplane" {
            return ImageStatistics(
                mean: imageNet.mean.reversed(), standardDeviation: imageNet.standardDeviation.reversed())
        }
        return ImageStatistics(
            mean: [0.47026115, 0.44719302, 0.40789654], standardDeviation: [0.27809835, 0.27408164, 0.28863828])
    }
}
