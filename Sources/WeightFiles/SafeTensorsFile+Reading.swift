import Foundation
import JSON
import Tensors

extension SafeTensorsFile {
    /// Reads a file.
    ///
    /// - Throws: ``WeightsError`` when the file does not exist, is truncated, its header contradicts itself or the format, or its content is
    ///   not the one whose hash it states.
    public init(contentsOf url: URL) throws(WeightsError) {
        let file = try LoadedFile.weights(at: url)
        self = try file.unchanged(path: url.path) { () throws(WeightsError) in
            try SafeTensorsFile(file, path: url.path)
        }
    }

    /// Reads only a file's metadata.
    public static func metadata(of url: URL) throws(WeightsError) -> [String: String] {
        let file: LoadedFile
        do { file = try LoadedFile(url, wholeUpTo: 0) } catch {
            if [ENOENT, ENOTDIR].contains(error.code) { throw .notFound(path: url.path) }
            throw .unreadable(path: url.path, reason: error.reason)
        }
        return try file.unchanged(path: url.path) { () throws(WeightsError) in
            let (header, _) = try header(of: file, path: url.path)
            return try header["__metadata__"].map { value throws(WeightsError) in
                try metadata(value, path: url.path)
            } ?? [:]
        }
    }

    /// Reads an open file.
    init(_ file: LoadedFile, path: String) throws(WeightsError) {
        switch FileSignature(FileBytes(file)) {
        case .zip, .legacy:
            throw .malformed(path: path, reason: "it is a PyTorch file; `pinpoint convert` makes a model of it")
        case .other, .perhapsSafeTensors: break
        }
        let (header, start) = try Self.header(of: file, path: path)
        metadata = [:]
        var entries: [SafeTensorsEntry] = []
        for (name, value) in header {
            if name == "__metadata__" {
                metadata = try Self.metadata(value, path: path)
            } else {
                do {
                    entries.append(try SafeTensorsEntry(name, value))
                } catch {
                    throw .malformed(path: path, reason: "the entry of '\(name)': \(error.reason)")
                }
            }
        }
        entries.sort { ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound) }
        var end = 0
        for entry in entries {
            guard entry.bytes.lowerBound == end else {
                let what = entry.bytes.lowerBound < end ? "overlaps" : "leaves a gap after"
                throw .malformed(path: path, reason: "'\(entry.name)' \(what) the tensor before it")
            }
            end = entry.bytes.upperBound
        }
        guard file.count - start >= end else {
            let (count, overflow) = start.addingReportingOverflow(end)
            throw .truncated(path: path, expectedBytes: overflow ? .max : count, foundBytes: file.count)
        }
        guard file.count - start == end else {
            throw .malformed(path: path, reason: "\(file.count - start - end) bytes belong to no tensor")
        }
        let stated = metadata.removeValue(forKey: Self.hashKey)
        if let stated {
            file.load(start..<start + end)
            let digests = entries.map { entry in
                let place = start + entry.bytes.lowerBound..<start + entry.bytes.upperBound
                return TensorDigest(name: entry.name, kind: entry.kindName, shape: entry.shape) {
                    $0(UnsafeRawBufferPointer(rebasing: file.bytes[place]))
                }
            }
            let found = TensorDigest.hash(digests, metadata: metadata)
            guard found == stated else { throw .otherContent(path: path, found: found, expected: stated) }
        }
        tensors = entries.map { ($0.name, $0.tensor(file, at: start + $0.bytes.lowerBound)) }
    }

    /// The header, and the offset of the numbers.
    private static func header(
        of file: LoadedFile, path: String
    ) throws(WeightsError) -> (JSONObject, start: Int) {
        let data = file.bytes
        guard data.count >= 8 else { throw .truncated(path: path, expectedBytes: 8, foundBytes: data.count) }
        file.load(0..<8)
        let length = UInt64(littleEndian: data.loadUnaligned(as: UInt64.self))
        // The limit of the reference implementation; text files would read as headers of exabytes.
        guard (2...100_000_000).contains(length) else {
            throw .malformed(path: path, reason: "its header would have \(length) bytes")
        }
        let start = 8 + Int(length)
        guard data.count >= start else {
            throw .truncated(path: path, expectedBytes: start, foundBytes: data.count)
        }
        file.load(0..<start)
        guard let text = String(validating: data[8..<start], as: UTF8.self) else {
            throw .malformed(path: path, reason: "its header is not text")
        }
        do {
            return (try JSONValue(parsing: text).object(), start)
        } catch {
            throw .malformed(path: path, reason: "its header: \(error.reason)")
        }
    }

    private static func metadata(_ value: JSONValue, path: String) throws(WeightsError) -> [String: String] {
        do {
            var metadata: [String: String] = [:]
            for (key, text) in try value.object() { metadata[key] = try text.string() }
            return metadata
        } catch {
            throw .malformed(path: path, reason: "its metadata: \(error.reason)")
        }
    }
}

/// The header's entry for one tensor, whose data has been checked to have exactly the right size.
private struct SafeTensorsEntry {
    let name: String
    let kindName: String
    let kind: ElementType
    let shape: [Int]
    let bytes: Range<Int>

    init(_ name: String, _ value: JSONValue) throws(JSONError) {
        self.name = name
        kindName = try value["dtype"].string()
        guard let kind = ElementType(safeTensors: kindName) else {
            throw JSONError(reason: "numbers of type \(kindName) are not supported")
        }
        self.kind = kind
        shape = try value["shape"].integers()
        let offsets = try value["data_offsets"].integers()
        guard offsets.count == 2, offsets[0] >= 0, offsets[1] >= offsets[0] else {
            throw JSONError(reason: "its data_offsets \(offsets) are not a valid range")
        }
        bytes = offsets[0]..<offsets[1]
        var size = kind.byteCount
        for extent in shape {
            let (product, overflow) = size.multipliedReportingOverflow(by: extent)
            guard extent >= 0, !overflow else { throw JSONError(reason: "the shape \(shape) is impossible") }
            size = product
        }
        guard size == bytes.count else {
            throw JSONError(reason: "the shape \(shape) takes \(size) bytes, but it has \(bytes.count)")
        }
    }

    /// The tensor whose bytes begin at an offset of a file: float32 data is used in place.
    func tensor(_ file: LoadedFile, at offset: Int) -> Tensor {
        // Files of other programs may have unaligned data.
        if kind == .float32 && offset % 4 == 0 && !bytes.isEmpty && 1.littleEndian == 1 {
            return Tensor(shape, owning: FloatBuffer(file, at: offset, count: bytes.count / 4))
        }
        file.load(offset..<offset + bytes.count)
        var tensor = Tensor(uninitialized: shape)
        tensor.withMutableElements { elements in
            guard !bytes.isEmpty, let start = file.bytes.baseAddress else { return }
            kind.copy(
                from: start + offset, shape: [elements.count], strides: [1], to: elements)
        }
        return tensor
    }
}
