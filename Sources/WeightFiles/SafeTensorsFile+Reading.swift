import Foundation
import JSON
import Tensors

extension SafeTensorsFile {
    /// Reads a file.
    ///
    /// - Throws: ``WeightsError`` when the file does not exist, is truncated, its header contradicts itself or the format, or its content is
    ///   not the one whose hash it states.
    public init(contentsOf url: URL) throws(WeightsError) {
        let outline = try SafeTensorsOutline(contentsOf: url)
        try outline.checkContent()
        metadata = outline.metadata
        tensors = outline.names.map { ($0, outline.tensor($0) ?? Tensor([0])) }
        try outline.requireUnchanged()
    }

    /// Reads only a file's metadata.
    public static func metadata(of url: URL) throws(WeightsError) -> [String: String] {
        try SafeTensorsOutline(contentsOf: url, wholeUpTo: 0).metadata
    }
}

/// What a file in the safetensors format says that it contains: its tensors are made when they are asked for, since those of other types
/// than float32 take memory.
public struct SafeTensorsOutline: Sendable {
    /// Free text by key.
    public private(set) var metadata: [String: String] = [:]
    private var entries: [SafeTensorsEntry] = []
    private var places: [String: Int] = [:]
    private let file: LoadedFile
    private let path: String
    private let start: Int
    /// The hash that the file states of its content; nil for files of other programs.
    private var statedHash: String?

    /// The names of the tensors in the order of their data in the file.
    public var names: [String] { entries.map(\.name) }

    /// The extents of each tensor, by name.
    public var shapes: [String: [Int]] { places.mapValues { entries[$0].shape } }

    /// Returns a tensor; nil if there is none of this name. Float32 data is used in place, in the memory that it was read into. Who has all
    /// that is wanted calls ``requireUnchanged()``.
    public func tensor(_ name: String) -> Tensor? { places[name].map { entries[$0].tensor(file, from: start) } }

    /// Returns a tensor with memory of its own: that of the file is given back.
    func passingTensor(_ name: String) -> Tensor? {
        places[name].map { place in
            let entry = entries[place]
            let tensor = entry.tensor(file, from: start)
            guard entry.kind == .float32 else { return tensor }
            let copy = Tensor(entry.shape, owning: tensor.buffer.copy())
            file.forget(entry.range(from: start))
            return copy
        }
    }

    /// Throws if another program wrote to the file since it was opened, so that tensors may be of two contents.
    public func requireUnchanged() throws(WeightsError) { try file.requireUnchanged(path: path) }

    /// Reads all numbers, and compares them with the hash that the file states; one that states none is taken as it is.
    ///
    /// - Throws: ``WeightsError/otherContent(path:found:expected:)``.
    public func checkContent() throws(WeightsError) {
        guard let statedHash else { return }
        let digests = entries.map { entry in
            let range = entry.range(from: start)
            file.load(range)
            return TensorDigest(name: entry.name, kind: entry.kindName, shape: entry.shape) {
                $0(UnsafeRawBufferPointer(rebasing: file.bytes[range]))
            }
        }
        let found = TensorDigest.hash(digests, metadata: metadata)
        try requireUnchanged()
        guard found == statedHash else { throw .otherContent(path: path, found: found, expected: statedHash) }
    }

    /// Reads a file's header.
    ///
    /// - Throws: ``WeightsError`` when the file does not exist, is truncated, or its header contradicts itself or the format.
    public init(contentsOf url: URL) throws(WeightsError) {
        try self.init(contentsOf: url, wholeUpTo: LoadedFile.wholeUpTo)
    }

    /// - Parameter wholeUpTo: The size up to which a file is read at once.
    init(contentsOf url: URL, wholeUpTo: Int) throws(WeightsError) {
        let file = try LoadedFile.weights(at: url, wholeUpTo: wholeUpTo)
        self = try file.unchanged(path: url.path) { () throws(WeightsError) in
            try SafeTensorsOutline(file, path: url.path)
        }
    }

    /// Reads the header of an open file.
    init(_ file: LoadedFile, path: String) throws(WeightsError) {
        switch FileSignature(FileBytes(file)) {
        case .zip, .legacy:
            throw .malformed(path: path, reason: "it is a PyTorch file; `pinpoint convert` makes a model of it")
        case .other, .perhapsSafeTensors: break
        }
        (self.file, self.path) = (file, path)
        let header = try Self.header(of: file, path: path)
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
        guard file.count - start >= end else {
            let (count, overflow) = start.addingReportingOverflow(end)
            throw .truncated(path: path, expectedBytes: overflow ? .max : count, foundBytes: file.count)
        }
        guard file.count - start == end else {
            throw .malformed(path: path, reason: "\(file.count - start - end) bytes belong to no tensor")
        }
        statedHash = metadata.removeValue(forKey: SafeTensorsFile.hashKey)
    }

    /// Returns the text of the header.
    private static func header(
        of file: LoadedFile, path: String
    ) throws(WeightsError) -> UnsafeRawBufferPointer {
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

    /// Where its bytes are in a file whose numbers begin at an offset.
    func range(from start: Int) -> Range<Int> { start + bytes.lowerBound..<start + bytes.upperBound }

    /// The tensor in a file whose numbers begin at an offset: float32 data is used in place.
    func tensor(_ file: LoadedFile, from start: Int) -> Tensor {
        let range = range(from: start)
        // Files of other programs may have unaligned data.
        if kind == .float32 && range.lowerBound % 4 == 0 && !range.isEmpty && 1.littleEndian == 1 {
            return Tensor(shape, owning: FloatBuffer(file, at: range.lowerBound, count: range.count / 4))
        }
        var tensor = Tensor(uninitialized: shape)
        tensor.withMutableElements { elements in
            guard let first = file.bytes.baseAddress, let target = elements.baseAddress else { return }
            // Piece by piece: the file's bytes are needed once only.
            for piece in stride(from: 0, to: elements.count, by: Self.pieceCount) {
                let count = min(Self.pieceCount, elements.count - piece)
                let place = range.lowerBound + piece * kind.byteCount
                let source = place..<place + count * kind.byteCount
                file.load(source)
                kind.copy(
                    from: first + place, shape: [count], strides: [1],
                    to: UnsafeMutableBufferPointer(start: target + piece, count: count))
                file.forget(source)
            }
        }
        return tensor
    }

    private static let pieceCount = 1 << 22
}
