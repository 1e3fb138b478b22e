import Boxes
import Foundation
import Graphs
import JSON
import Tensors
import WeightFiles

extension Model {
    /// Loads another network's weights where they match: every parameter with a matching tensor is replaced, the others are unchanged. A
    /// classifier's file thus provides the trunk, and a detector's file for other classes everything except their rows of the last layers:
    /// where the file says what its classes and keypoints are called, they are matched by name.
    ///
    /// - Parameter location: A weights file of any format, or a run's folder.
    /// - Throws: ``WeightsError``, also when less than half of the parameters that such files can contain match.
    public func start(from location: URL) throws(WeightsError) -> WeightsMatch {
        let url = try Self.weightsFile(at: location)
        return try start(from: try Self.floatWeights(url), path: url.path)
    }

    /// The same with a file that is open already.
    func start(from file: WeightsReader, path: String) throws(WeightsError) -> WeightsMatch {
        let match = WeightsMatch(file, model: self)
        try match.requireMost(path: path)
        try match.load(into: parameters, of: graph, path: path)
        return match
    }

    /// Creates a model from a detector's weights, in the format of the program that trained it.
    ///
    /// - Parameters:
    ///   - classNames: The class names in the order of the heatmap's channels.
    ///   - skeleton: The keypoints, for a network that detects them.
    ///   - statistics: Mean and standard deviation in RGB order; nil for the usual ones of the file's format and the classes.
    /// - Throws: ``WeightsError``, also when any parameter of the network is missing; ``NetworkError``.
    public static func converting(
        _ url: URL, network name: String, classNames: [String], skeleton: Skeleton? = nil, inputSize: InputExtent,
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

    /// Reads weights that other networks can use.
    ///
    /// - Throws: ``WeightsError/quantized(path:)`` for a quantized model: its tensors have the same names, but another meaning.
    private static func floatWeights(_ url: URL) throws(WeightsError) -> WeightsReader {
        let file = try WeightsReader(url)
        if file.metadata[ModelQuantization.key] != nil { throw .quantized(path: url.path) }
        try file.checkContent()
        return file
    }

    /// Returns the model's weights under the names that the network was published with, for use by other programs.
    ///
    /// - Throws: ``NetworkError/unpublished(_:)`` for one of pinpoint's own networks, ``NetworkError/quantized(_:)``.
    public func published() throws(NetworkError) -> (file: SafeTensorsFile, scheme: NameScheme) {
        if description.quantization != nil { throw .quantized(description.network.name) }
        let scheme = PublishedNames.schemes(for: description.network.name).dropFirst().first { scheme in
            graph.parameters.allSatisfy { scheme.published($0.name) != nil }
        }
        guard let scheme else { throw .unpublished(description.network.name) }
        let turned = scheme.imagesAreBGR ? Set(graph.imageWeights) : []
        let tensors = parameters.entries.map { entry in
            let tensor = Tensor(copying: entry.value)
            let name = scheme.published(entry.name) ?? entry.name
            return (name: name, tensor: turned.contains(entry.name) ? tensor.turningInputChannels() : tensor)
        }
        let channels =
            scheme.imagesAreBGR
            ? (description.mean.reversed(), description.standardDeviation.reversed())
            : (description.mean, description.standardDeviation)
        let metadata = [
            "format": "pt", "names": scheme.name, "channels": scheme.imagesAreBGR ? "BGR" : "RGB",
            "mean": numberList(channels.0), "std": numberList(channels.1),
            "classNames": JSONValue.array(description.classNames.map { .string($0) }).text(),
        ]
        return (SafeTensorsFile(tensors: tensors, metadata: metadata), scheme)
    }
}

/// The mean and standard deviation that images are normalized with, for red, green and blue in `0...1`.
public struct ImageStatistics: Sendable, Equatable {
    /// The mean in RGB order.
    public var mean: [Float]
    /// The standard deviation in RGB order.
    public var standardDeviation: [Float]

    /// Creates statistics.
    public init(mean: [Float], standardDeviation: [Float]) {
        self.mean = mean
        self.standardDeviation = standardDeviation
    }

    /// ImageNet's statistics, which torchvision's networks use.
    public static let imageNet = ImageStatistics(
        mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225])

    /// Returns the statistics that CenterNet's published detectors were trained with. CenterNet uses BGR images, and lists its values for
    /// COCO in that order; for VOC it applies ImageNet's RGB values unchanged to blue, green and red.
    public static func centerNet(classNames: [String]) -> ImageStatistics {
        if classNames.count == 20 && classNames.first == "aeroplane" {
            return ImageStatistics(
                mean: imageNet.mean.reversed(), standardDeviation: imageNet.standardDeviation.reversed())
        }
        return ImageStatistics(
            mean: [0.47026115, 0.44719302, 0.40789654], standardDeviation: [0.27809835, 0.27408164, 0.28863828])
    }
}
