import Boxes
import Graphs
import JSON
import WeightFiles

/// The description of a model without its parameters, as in a file's metadata.
public struct ModelDescription: Sendable {
    /// The network's configuration.
    public var network: NetworkConfiguration
    /// The class names, in the order of the heatmap's channels.
    public var classNames: [String]
    /// The id of each class in results files; nil for positions in ``classNames`` counted from 1.
    public var categoryIDs: [Int]?
    /// The skeleton; nil for a network without keypoints.
    public var skeleton: Skeleton?
    /// The size of the input that images are warped to.
    public var inputSize: InputExtent
    /// The mean that is subtracted from each channel, with values from 0 to 1.
    public var mean: [Float]
    /// The standard deviation that each channel is then divided by.
    public var standardDeviation: [Float]
    /// The quantization; nil for a network that computes with floats only.
    public var quantization: ModelQuantization?

    /// Returns whether a file's metadata describes a network.
    public static func isIn(_ metadata: [String: String]) -> Bool {
        metadata[keys.network] != nil && metadata[keys.classNames] != nil
    }

    /// The class names in a file's metadata; none where it has none.
    static func classNames(in metadata: [String: String]) -> [String] {
        metadata[keys.classNames].flatMap { try? JSONValue(parsing: $0).strings() } ?? []
    }

    private static let keys = (
        network: "network", headChannels: "headChannels", classNames: "classNames", inputSize: "inputSize",
        mean: "mean", standardDeviation: "standardDeviation", categoryIDs: "categoryIDs", objects: "objects"
    )

    /// A description from its parts; images are normalized as for torchvision's networks.
    init(
        network: NetworkConfiguration, classNames: [String], skeleton: Skeleton?, inputSize: InputExtent,
        quantization: ModelQuantization? = nil
    ) {
        self.network = network
        self.classNames = classNames
        self.skeleton = skeleton
        self.inputSize = inputSize
        self.quantization = quantization
        (mean, standardDeviation) = (ImageStatistics.imageNet.mean, ImageStatistics.imageNet.standardDeviation)
    }

    /// What files say about a model beside its numbers, weights files and ONNX files alike: `network`, `headChannels`, `classNames`
    /// (a JSON list), `inputSize` (`480x640`, height and width, or one number for a square), `mean` and `standardDeviation` (JSON lists of
    /// three numbers), the keypoints of those that have any, and `objects` (`points`) of those that detect points.
    public var metadata: [String: String] {
        var metadata = [
            Self.keys.network: network.name, Self.keys.headChannels: String(network.headChannels),
            Self.keys.classNames: JSONValue.array(classNames.map { .string($0) }).text(),
            Self.keys.inputSize: inputSize.description, Self.keys.mean: numberList(mean),
            Self.keys.standardDeviation: numberList(standardDeviation),
        ]
        if let categoryIDs {
            metadata[Self.keys.categoryIDs] = JSONValue.array(categoryIDs.map { .integer($0) }).text()
        }
        if network.objectKind != .boxes { metadata[Self.keys.objects] = network.objectKind.rawValue }
        metadata[ModelQuantization.key] = quantization?.text
        return metadata.merging(skeleton?.metadata ?? [:]) { own, _ in own }
    }

    /// Reads a description from a file's metadata.
    ///
    /// - Throws: ``WeightsError/undescribed(path:reason:)``.
    public init(_ metadata: [String: String], path: String) throws(WeightsError) {
        func read<Value>(_ key: String, _ parse: (String) throws -> Value?) throws(WeightsError) -> Value {
            guard let text = metadata[key] else {
                throw .undescribed(path: path, reason: "its metadata has no '\(key)'")
            }
            guard let value = (try? parse(text)) ?? nil else {
                throw .undescribed(path: path, reason: "its metadata's '\(key)' is '\(text.prefix(60))'")
            }
            return value
        }
        func channelNumbers(_ text: String) throws -> [Float]? {
            let numbers = try JSONValue(parsing: text).numbers().map(Float.init)
            return numbers.count == 3 && numbers.allSatisfy(\.isFinite) ? numbers : nil
        }
        classNames = try read(Self.keys.classNames) { try JSONValue(parsing: $0).strings() }
        if metadata[Self.keys.categoryIDs] != nil {
            let count = classNames.count
            categoryIDs = try read(Self.keys.categoryIDs) { text in
                let ids = try JSONValue(parsing: text).integers()
                return ids.count == count ? ids : nil
            }
        }
        do { skeleton = try Skeleton(metadata: metadata) } catch {
            throw .undescribed(path: path, reason: "its metadata's '\(error.key)' is '\(error.text.prefix(60))'")
        }
        network = NetworkConfiguration(
            name: try read(Self.keys.network) { $0 }, classCount: classNames.count,
            headChannels: try read(Self.keys.headChannels) { Int($0) }, keypointCount: skeleton?.keypointCount ?? 0,
            objectKind: metadata[Self.keys.objects] == nil
                ? .boxes : try read(Self.keys.objects) { ObjectKind(rawValue: $0) })
        inputSize = try read(Self.keys.inputSize) { text in
            InputExtent(parsing: text).flatMap { min($0.rows, $0.columns) >= 32 && $0.longerSide <= 8192 ? $0 : nil }
        }
        mean = try read(Self.keys.mean, channelNumbers)
        standardDeviation = try read(Self.keys.standardDeviation) { text in
            try channelNumbers(text).flatMap { $0.contains { $0 <= 0 } ? nil : $0 }
        }
        if let text = metadata[ModelQuantization.key] {
            do { quantization = try ModelQuantization(parsing: text) } catch {
                throw .quantization(path: path, reason: "its metadata's '\(ModelQuantization.key)': \(error.reason)")
            }
        }
    }
}

/// Returns numbers in the metadata's format: `[0.485,0.456,0.406]`.
func numberList(_ numbers: [Float]) -> String { "[" + numbers.map { "\($0)" }.joined(separator: ",") + "]" }
