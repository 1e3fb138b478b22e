import Foundation
import JSON
import Tensors

/// Named tensors and text metadata in Hugging Face's safetensors format: eight bytes with the header's length, the header in JSON, the
/// data.
///
/// The same content gives the same bytes. Everything is written as float32 or float16, except the integers of quantized weights; files of
/// other programs may contain every real data type of the format except 8-bit floats. Written files have a hash of their content in their metadata,
/// which is compared when they are read; files without one are accepted.
public struct SafeTensorsFile: Sendable {
    /// The tensors in the order of their data in the file.
    public var tensors: [(name: String, tensor: Tensor)]
    /// Free text by key.
    public var metadata: [String: String]

    /// Creates a file's content.
    public init(tensors: [(name: String, tensor: Tensor)], metadata: [String: String]) {
        self.tensors = tensors
        self.metadata = metadata
    }

    /// The file's bytes.
    public func data() -> Data {
        Self.data(tensors.map { ($0.name, TensorView($0.tensor.buffer, shape: $0.tensor.shape)) }, [], metadata)
    }

    /// Writes the file atomically, even in case of a power failure.
    ///
    /// - Throws: ``FileWriteError`` with the system's reason.
    public func write(to url: URL) throws(FileWriteError) {
        try writeAtomically(data(), to: url, synchronize: true)
    }

    /// Writes tensors to a file without copying them, atomically even in case of a power failure.
    ///
    /// - Parameters:
    ///   - views: The tensors, which must not change meanwhile.
    ///   - bytes: Tensors of 8-bit integers, written after them.
    /// - Throws: ``FileWriteError`` with the system's reason.
    public static func write(
        _ views: [(name: String, view: TensorView)],
        bytes: [(name: String, shape: [Int], values: [Int8])] = [], metadata: [String: String], to url: URL
    ) throws(FileWriteError) {
        if bytes.isEmpty {
            let head = header(views, [], metadata)
            try writeAtomically(head, followedBy: views.map(\.view), to: url, synchronize: true)
            return
        }
        try writeAtomically(data(views, bytes, metadata), to: url, synchronize: true)
    }

    private static func data(
        _ views: [(name: String, view: TensorView)], _ bytes: [(name: String, shape: [Int], values: [Int8])],
        _ metadata: [String: String]
    ) -> Data {
        var data = header(views, bytes, metadata)
        for (_, view) in views { data.append(Data(buffer: view.elements)) }
        for tensor in bytes { tensor.values.withUnsafeBytes { data.append(contentsOf: $0) } }
        return data
    }

    /// Writes the tensors as 16-bit numbers: a file of half the size, whose numbers are right to one part in 2,048.
    ///
    /// - Throws: ``FileWriteError`` with the system's reason.
    /// - Precondition: no number is beyond 65,504.
    public static func writeHalves(
        _ views: [(name: String, view: TensorView)], metadata: [String: String], to url: URL
    ) throws(FileWriteError) {
        let halves = views.map { $0.view.elements.map { Float16($0).bitPattern.littleEndian } }
        var metadata = metadata
        metadata[hashKey] = nil
        let digests = zip(views, halves).map { view, halves in
            TensorDigest(name: view.name, kind: "F16", shape: view.view.shape) { use in halves.withUnsafeBytes(use) }
        }
        metadata[hashKey] = TensorDigest.hash(digests, metadata: metadata)
        var data = header(views.map { ($0.name, $0.view.shape, .float16) }, metadata)
        for halves in halves { halves.withUnsafeBytes { data.append(contentsOf: $0) } }
        try writeAtomically(data, to: url, synchronize: true)
    }

    /// Everything before the data, with the content's hash.
    private static func header(
        _ views: [(name: String, view: TensorView)], _ bytes: [(name: String, shape: [Int], values: [Int8])],
        _ metadata: [String: String]
    ) -> Data {
        var metadata = metadata
        metadata[hashKey] = nil
        let floats = views.map { name, view in
            TensorDigest(name: name, kind: "F32", shape: view.shape) { $0(UnsafeRawBufferPointer(view.elements)) }
        }
        let integers = bytes.map { name, shape, values in
            TensorDigest(name: name, kind: "I8", shape: shape) { values.withUnsafeBytes($0) }
        }
        metadata[hashKey] = TensorDigest.hash(floats + integers, metadata: metadata)
        return header(
            views.map { ($0.name, $0.view.shape, .float32) } + bytes.map { ($0.name, $0.shape, .int8) }, metadata)
    }

    /// Everything before the data, with this metadata.
    private static func header(
        _ tensors: [(name: String, shape: [Int], kind: ElementType)], _ metadata: [String: String]
    ) -> Data {
        var header = JSONObject()
        if !metadata.isEmpty {
            header["__metadata__"] = .object(
                JSONObject(metadata.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
        }
        var offset = 0
        for (name, shape, kind) in tensors {
            let end = offset + kind.byteCount * shape.reduce(1, *)
            header[name] = [
                "dtype": .string(kind.safeTensorsName), "shape": .array(shape.map { .integer($0) }),
                "data_offsets": [.integer(offset), .integer(end)],
            ]
            offset = end
        }
        var text = Data(JSONValue.object(header).text().utf8)
        // Padded, so that the data starts on a cache line when the file is mapped into memory.
        text.append(Data(repeating: UInt8(ascii: " "), count: (64 - (8 + text.count) % 64) % 64))
        var data = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Data($0) }
        data.append(text)
        return data
    }
}
