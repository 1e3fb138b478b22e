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
        let file = try SafeTensorsOutline(contentsOf: url)
        try file.checkContent()
        let description = try ModelDescription(file.metadata, path: url.path)
        // PyTorch counts a normalization's batches; this program does not use the count.
        var shapes = file.shapes.filter { !$0.key.hasSuffix(".num_batches_tracked") }
        var replaced: [String: Tensor] = [:]
        var forms: [(name: String, form: QuantizedForm)] = []
        if description.quantization != nil {
            for name in shapes.keys { replaced[name] = file.tensor(name) }
            forms = try description.readIntegers(&replaced, path: url.path)
            shapes = replaced.mapValues(\.shape)
        }
        let model: Model
        do {
            // The tensors are not copied: they stay where the file was read to. Those that the network does not take are not read.
            model = try Model(description) { graph in
                ParameterStore(for: graph) { name, shape in
                    guard shapes[name] == shape, let tensor = replaced[name] ?? file.tensor(name) else { return nil }
                    return tensor.count > 0 ? tensor.buffer : nil
                }
            }
        } catch {
            throw .undescribed(path: url.path, reason: error.description)
        }
        try file.requireUnchanged()
        try model.requireAll(shapes, path: url.path)
        for (name, form) in forms { model.parameters.setQuantizedForm(form, of: name) }
        model.noteBiases()
        return model
    }

    /// Writes the model to one file for ``load(_:)``.
    ///
    /// - Throws: ``FileWriteError`` with the system's reason.
    public func save(to url: URL, extraMetadata: [String: String] = [:]) throws(FileWriteError) {
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

    /// Writes the model with 16-bit numbers: half the size, and right to one part in 2,048. Training continues from such weights as well.
    ///
    /// - Throws: ``NetworkError/quantized(_:)``, ``NetworkError/tooLargeForHalves(_:)``, ``FileWriteError`` with the system's reason.
    public func saveHalves(to url: URL) throws {
        if description.quantization != nil { throw NetworkError.quantized(description.network.name) }
        for entry in parameters.entries where entry.value.elements.contains(where: { !Float16($0).isFinite }) {
            throw NetworkError.tooLargeForHalves(entry.name)
        }
        try SafeTensorsFile.writeHalves(
            parameters.entries.map { ($0.name, $0.value) },
            metadata: metadata.merging(["format": "pt"]) { own, _ in own },
            to: url)
    }

    /// The names of the weights that are stored as integers.
    var quantizedWeights: [String] {
        (description.quantization?.weights ?? []).sorted().map { "\($0).weight" }.filter {
            parameters.integers(of: $0) != nil
        }
    }

    /// Returns the weights file at a path: the path itself, or a run's best or last weights.
    package static func weightsFile(at location: URL) throws(WeightsError) -> URL {
        let kind: FileKind?
        do throws(FileError) {
            kind = try FileKind.of(location)
            if kind == .file || kind == .other { return location }
            for name in ["best", "last"] {
                let file = location.appendingPathComponent("weights/\(name).safetensors")
                if try FileKind.of(file) != nil { return file }
            }
        } catch { throw .unreadable(path: error.path, reason: error.reason) }
        throw kind == nil ? .notFound(path: location.path) : .noWeights(folder: location.path)
    }

    /// Throws if tensors do not match this network or values are not finite.
    private func requireAll(_ shapes: [String: [Int]], path: String) throws(WeightsError) {
        var differences: [String] = []
        for entry in parameters.entries {
            let expected = entry.declaration.shape
            guard let shape = shapes[entry.name] else {
                differences.append("'\(entry.name)' is missing")
                continue
            }
            if shape != expected {
                differences.append("'\(entry.name)' has the shape \(shape) where \(expected) was expected")
            }
        }
        differences += shapes.keys.sorted().filter { parameters.entry($0) == nil }.map {
            "'\($0)' is not part of the network"
        }
        guard differences.isEmpty else {
            throw .otherNetwork(path: path, network: description.network.name, differences: differences)
        }
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

extension ModelDescription {
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
}
