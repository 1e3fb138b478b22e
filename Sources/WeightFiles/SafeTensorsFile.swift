import Foundation
import JSON
import Tensors

/// Named tensors and text metadata in Hugging Face's safetensors format: eight bytes with the header's length, the header in JSON, the
/// data.
///
/// The same content gives the same bytes. Everything is written as float32, except the integers of quantized weights; files of other
/// programs may contain every real data type of the format except 8-bit floats.
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
        var data = Self.header(tensors.map { ($0.name, $0.tensor.shape, .float32) }, metadata)
        for (_, tensor) in tensors { tensor.withElements { data.append(Data(buffer: $0)) } }
        return data
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
        var tensors: [(name: String, shape: [Int], kind: ElementType)] = []
        for (name, view) in views { tensors.append((name, view.shape, .float32)) }
        for tensor in bytes { tensors.append((tensor.name, tensor.shape, .int8)) }
        let head = header(tensors, metadata)
        if bytes.isEmpty {
            try writeAtomically(head, followedBy: views.map(\.view), to: url, synchronize: true)
            return
        }
        var data = head
        for (_, view) in views { data.append(Data(buffer: view.elements)) }
        for tensor in bytes { tensor.values.withUnsafeBytes { data.append(contentsOf: $0) } }
        try writeAtomically(data, to: url, synchronize: true)
    }

    /// Everything before the data.
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
                "dtype": .string(kind == .int8 ? "I8" : "F32"), "shape": .array(shape.map { .integer($0) }),
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
