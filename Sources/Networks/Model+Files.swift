import Boxes
import Foundation
import Graphs
import JSON
import Synchronization
import Tensors
import WeightFiles

extension Model {
    /// Reads a model from a weights file, or from a run's folder: its best weights, or else its last ones.
    ///
    /// - Throws: ``WeightsError`` when the file is missing, damaged or for another network, or contains values that are not finite.
    public static func load(_ location: URL) throws(WeightsError) -> Model {
        let url = try weightsFile(at: location)
        let file = try SafeTensorsFile(contentsOf: url)
        let description = try ModelDescription(file.metadata, path: url.path)
        // PyTorch counts a normalization's batches; this program does not use the count.
        let given = file.tensors.filter { !$0.name.hasSuffix(".num_batches_tracked") }
        var byName = Dictionary(given.map { ($0.name, $0.tensor) }) { first, _ in first }
        let forms = try description.readIntegers(&byName, path: url.path)
        let model: Model
        do {
            // The tensors are not copied: they stay mapped from the file.
            model = try description.model { graph in
                ParameterStore(for: graph) { name, shape in
                    byName[name].flatMap { $0.shape == shape && $0.count > 0 ? $0.buffer : nil }
                }
            }
        } catch {
            throw .undescribed(path: url.path, reason: error.description)
        }
        try model.requireAll(byName, path: url.path)
        for (name, form) in forms { model.parameters.setQuantizedForm(form, of: name) }
        model.noteBiases()
        return model
    }

    /// Writes the model to one file for ``load(_:)``.
    ///
    /// - Throws: ``FileError`` with the system's reason.
    public func save(to url: URL, extraMetadata: [String: String] = [:]) throws(FileError) {
        // Hugging Face's loaders require the format.
        let metadata = metadata.merging(["format": "pt"]) { own, _ in own }.merging(extraMetadata) { own, _ in own }
        var views = parameters.entries.map { (name: $0.name, view: $0.value) }
        var bytes: [(name: String, shape: [Int], values: [Int8])] = []
        var scales: [(name: String, buffer: FloatBuffer)] = []
        for name in quantizedWeights {
            guard let place = views.firstIndex(where: { $0.name == name }),
                let (integers, form) = parameters.integers(of: name)
            else { continue }
            bytes.append((name, views.remove(at: place).view.shape, integers.map { Int8(truncatingIfNeeded: $0) }))
            scales.append(
                (ModelDescription.scaleName(name), Tensor([form.scales.count], elements: form.scales).buffer))
        }
        views += scales.map { ($0.name, TensorView($0.buffer, shape: [$0.buffer.pointer.count])) }
        defer { withExtendedLifetime(scales) {} }
        try SafeTensorsFile.write(views, bytes: bytes, metadata: metadata, to: url)
    }

    /// The names of the weights that are stored as integers.
    var quantizedWeights: [String] {
        (quantization?.weights ?? []).sorted().map { "\($0).weight" }.filter { parameters.integers(of: $0) != nil }
    }

    /// Returns the weights file at a path: the path itself, or a run's best or last weights.
    package static func weightsFile(at location: URL) throws(WeightsError) -> URL {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: location.path, isDirectory: &isFolder) else {
            throw .notFound(path: location.path)
        }
        guard isFolder.boolValue else { return location }
        let candidates = ["best", "last"].map { location.appendingPathComponent("weights/\($0).safetensors") }
        guard let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
            throw .noWeights(folder: location.path)
        }
        return found
    }

    /// Throws if tensors do not match this network or values are not finite.
    private func requireAll(_ byName: [String: Tensor], path: String) throws(WeightsError) {
        var differences: [String] = []
        for entry in parameters.entries {
            let expected = entry.declaration.shape
            guard let tensor = byName[entry.name] else {
                differences.append("'\(entry.name)' is missing")
                continue
            }
            if tensor.shape != expected {
                differences.append("'\(entry.name)' has the shape \(tensor.shape) where \(expected) was expected")
            }
        }
        differences += byName.keys.sorted().filter { parameters.entry($0) == nil }.map {
            "'\($0)' is not part of the network"
        }
        guard differences.isEmpty else {
            throw .otherNetwork(path: path, network: network.name, differences: differences)
        }
        // The file is actually read from the disk here, by all cores.
        let entries = parameters.entries
        let isFinite = Mutex([Bool](repeating: true, count: entries.count))
        Parallel.forEach(entries.count) { index, _ in
            if !entries[index].value.elements.areFinite { isFinite.withLock { $0[index] = false } }
        }
        guard let bad = isFinite.withLock({ $0.firstIndex(of: false) }) else { return }
        let elements = entries[bad].value.elements
        let index = elements.firstIndex { !$0.isFinite } ?? 0
        throw .notFinite(path: path, tensor: entries[bad].name, value: elements[index], index: index)
    }
}

extension UnsafeMutableBufferPointer<Float> {
    /// Whether all elements are finite; computed without branches, so that it can be vectorized.
    fileprivate var areFinite: Bool {
        var highest: UInt32 = 0
        for element in self { highest = Swift.max(highest, element.bitPattern & 0x7fff_ffff) }
        return highest < 0x7f80_0000
    }
}

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
    /// The side of the square that images are warped to, in pixels.
    public var inputSize: Int
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

    private static let keys = (
        network: "network", headChannels: "headChannels", classNames: "classNames", inputSize: "inputSize",
        mean: "mean", standardDeviation: "standardDeviation", categoryIDs: "categoryIDs"
    )

    init(_ model: Model) {
        network = model.network
        classNames = model.classNames
        categoryIDs = model.categoryIDs
        skeleton = model.skeleton
        inputSize = model.inputSize
        mean = model.mean
        standardDeviation = model.standardDeviation
        quantization = model.quantization
    }

    var metadata: [String: String] {
        var metadata = [
            Self.keys.network: network.name, Self.keys.headChannels: String(network.headChannels),
            Self.keys.classNames: JSONValue.array(classNames.map { .string($0) }).text(),
            Self.keys.inputSize: String(inputSize), Self.keys.mean: numberList(mean),
            Self.keys.standardDeviation: numberList(standardDeviation),
        ]
        if let categoryIDs {
            metadata[Self.keys.categoryIDs] = JSONValue.array(categoryIDs.map { .integer($0) }).text()
        }
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
            headChannels: try read(Self.keys.headChannels) { Int($0) }, keypointCount: skeleton?.keypointCount ?? 0)
        inputSize = try read(Self.keys.inputSize) { Int($0).flatMap { (32...8192).contains($0) ? $0 : nil } }
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

    /// Replaces integers from a file by floats, and returns the integers' scales.
    fileprivate func readIntegers(
        _ tensors: inout [String: Tensor], path: String
    ) throws(WeightsError) -> [(name: String, form: QuantizedForm)] {
        guard quantization != nil else { return [] }
        let graph: Graph
        do { graph = try NetworkCatalogue.make(network, quantization: quantization) } catch {
            throw .undescribed(path: path, reason: error.description)
        }
        return try dequantize(&tensors, graph: graph, path: path)
    }

    func model(parameters: (Graph) -> ParameterStore) throws(NetworkError) -> Model {
        var model = try Model(
            network: network, classNames: classNames, skeleton: skeleton, inputSize: inputSize,
            quantization: quantization, parameters: parameters)
        model.mean = mean
        model.standardDeviation = standardDeviation
        model.categoryIDs = categoryIDs
        return model
    }
}

/// Returns numbers in the metadata's format: `[0.485,0.456,0.406]`.
func numberList(_ numbers: [Float]) -> String { "[" + numbers.map { "\($0)" }.joined(separator: ",") + "]" }
