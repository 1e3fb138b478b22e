import Foundation
import JSON
import Tensors

extension SafeTensorsFile {
    /// Reads a file.
    ///
    /// - Throws: ``WeightsError`` when the file does not exist, is truncated, or its header contradicts itself or the format.
    public init(contentsOf url: URL) throws(WeightsError) {
        let outline = try SafeTensorsOutline(contentsOf: url)
        metadata = outline.metadata
        tensors = outline.names.map { ($0, outline.tensor($0) ?? Tensor([0])) }
    }
}

/// What a file in the safetensors format says that it contains: its tensors are made when they are asked for, since those of other types
/// than float32 take memory.
public struct SafeTensorsOutline: Sendable {
    /// Free text by key.
    public private(set) var metadata: [String: String] = [:]
    private var entries: [SafeTensorsEntry] = []
    private var places: [String: Int] = [:]
    private let file: MappedFile
    private let start: Int

    /// The names of the tensors in the order of their data in the file.
    public var names: [String] { entries.map(\.name) }

    /// The extents of each tensor, by name.
    public var shapes: [String: [Int]] { places.mapValues { entries[$0].shape } }

    /// Returns a tensor; nil if there is none of this name. Float32 data is used in place.
    public func tensor(_ name: String) -> Tensor? {
        places[name].map { entries[$0].tensor(file, at: start + entries[$0].bytes.lowerBound) }
    }

    /// Reads a file's header.
    ///
    /// - Throws: ``WeightsError`` when the file does not exist, is truncated, or its header contradicts itself or the format.
    public init(contentsOf url: URL) throws(WeightsError) {
        try self.init(try MappedFile.weights(at: url), path: url.path)
    }

    /// Reads the header of a file that is mapped into memory.
    init(_ file: MappedFile, path: String) throws(WeightsError) {
        switch FileSignature(FileBytes(file)) {
        case .zip, .legacy:
            throw .malformed(path: path, reason: "it is a PyTorch file; `pinpoint convert` makes a model of it")
        case .other, .perhapsSafeTensors: break
        }
        self.file = file
        let data = file.bytes
        let header = try Self.header(of: data, path: path)
        start = 8 + header.count
        do throws(JSONError) { try read(header) } catch {
            let place = error.path.isEmpty ? "its header" : "its header: '\(error.path)'"
            throw .malformed(path: path, reason: "\(place): \(error.reason)")
        }
        entries.sort { ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound) }
        for (place, entry) in entries.enumerated() { places[entry.name] = place }
        var end = 0
        for entry in entries {
            guard entry.bytes.lowerBound == end else {
                let what = entry.bytes.lowerBound < end ? "overlaps" : "leaves a gap after"
                throw .malformed(path: path, reason: "'\(entry.name)' \(what) the tensor before it")
            }
            end = entry.bytes.upperBound
        }
        guard data.count - start >= end else {
            let (count, overflow) = start.addingReportingOverflow(end)
            throw .truncated(path: path, expectedBytes: overflow ? .max : count, foundBytes: data.count)
        }
        guard data.count - start == end else {
            throw .malformed(path: path, reason: "\(data.count - start - end) bytes belong to no tensor")
        }
    }

    /// Returns the text of the header.
    private static func header(
        of data: UnsafeMutableRawBufferPointer, path: String
    ) throws(WeightsError) -> UnsafeRawBufferPointer {
        guard data.count >= 8 else { throw .truncated(path: path, expectedBytes: 8, foundBytes: data.count) }
        let length = UInt64(littleEndian: data.loadUnaligned(as: UInt64.self))
        // The limit of the reference implementation; text files would read as headers of exabytes.
        guard (2...100_000_000).contains(length) else {
            throw .malformed(path: path, reason: "its header would have \(length) bytes")
        }
        let start = 8 + Int(length)
        guard data.count >= start else {
            throw .truncated(path: path, expectedBytes: start, foundBytes: data.count)
        }
        let header = UnsafeRawBufferPointer(rebasing: data[8..<start])
        guard String(validating: header, as: UTF8.self) != nil else {
            throw .malformed(path: path, reason: "its header is not text")
        }
        return header
    }

    /// Reads the header entry by entry: a tree of a header of 100 MB would take gigabytes.
    private mutating func read(_ header: UnsafeRawBufferPointer) throws(JSONError) {
        var reader = JSONReader(header)
        try reader.object { (name, reader) throws(JSONError) in
            if name == "__metadata__" {
                guard metadata.isEmpty else { throw JSONError(reason: "appears twice") }
                try reader.object { (key, reader) throws(JSONError) in
                    let text = try reader.string()
                    guard metadata.updateValue(text, forKey: key) == nil else {
                        throw JSONError(reason: "appears twice")
                    }
                }
                return
            }
            guard places.updateValue(entries.count, forKey: name) == nil else {
                throw JSONError(reason: "appears twice")
            }
            entries.append(try SafeTensorsEntry(name, try reader.value()))
        }
        try reader.end()
    }
}

/// The header's entry for one tensor, whose data has been checked to have exactly the right size.
private struct SafeTensorsEntry: Sendable {
    let name: String
    let kind: ElementType
    let shape: [Int]
    let bytes: Range<Int>

    init(_ name: String, _ value: JSONValue) throws(JSONError) {
        self.name = name
        let kindName = try value["dtype"].string()
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
    func tensor(_ file: MappedFile, at offset: Int) -> Tensor {
        // Files of other programs may have unaligned data.
        if kind == .float32 && offset % 4 == 0 && !bytes.isEmpty && 1.littleEndian == 1 {
            return Tensor(shape, owning: FloatBuffer(file, at: offset, count: bytes.count / 4))
        }
        var tensor = Tensor(uninitialized: shape)
        tensor.withMutableElements { elements in
            guard !bytes.isEmpty, let start = file.bytes.baseAddress else { return }
            kind.copy(
                from: start + offset, shape: [elements.count], strides: [1], to: elements)
        }
        return tensor
    }
}
