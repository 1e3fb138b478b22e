import Foundation
import Tensors

/// A part of a file, whose memory stays while this exists. Reading out of bounds returns nil.
struct FileBytes: @unchecked Sendable {
    private let raw: UnsafeRawBufferPointer
    private let owner: AnyObject
    /// The file, and the offset of this part in it; nil for decompressed bytes.
    let place: (file: LoadedFile, offset: Int)?

    /// Wraps a whole file.
    init(_ file: LoadedFile) {
        raw = UnsafeRawBufferPointer(file.bytes)
        owner = file
        place = (file, 0)
    }

    /// Wraps decompressed bytes.
    init(_ unpacked: UnpackedBytes) {
        raw = UnsafeRawBufferPointer(unpacked.memory)
        owner = unpacked
        place = nil
    }

    private init(_ whole: FileBytes, _ range: Range<Int>) {
        raw = UnsafeRawBufferPointer(rebasing: whole.raw[range])
        owner = whole.owner
        place = whole.place.map { ($0.file, $0.offset + range.lowerBound) }
    }

    /// Makes sure that bytes of this part are in memory.
    private func load(_ range: Range<Int>) {
        guard let place else { return }
        place.file.load(place.offset + range.lowerBound..<place.offset + range.upperBound)
    }

    /// Gives back the memory of this part, which is read again when it is needed.
    func forget() { if let place { place.file.forget(place.offset..<place.offset + count) } }

    /// The number of bytes.
    var count: Int { raw.count }

    /// A part of these bytes; nil when it is out of bounds.
    func part(from start: Int, count: Int) -> FileBytes? {
        guard start >= 0, count >= 0, start <= self.count, count <= self.count - start else { return nil }
        return FileBytes(self, start..<start + count)
    }

    /// The little-endian integer at an offset.
    func integer<Integer: FixedWidthInteger>(_ type: Integer.Type = Integer.self, at offset: Int) -> Integer? {
        let size = MemoryLayout<Integer>.size
        guard offset >= 0, offset <= count, size <= count - offset else { return nil }
        load(offset..<offset + size)
        return Integer(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: Integer.self))
    }

    /// The position of the next occurrence of a byte.
    func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        guard start >= 0, start < count else { return nil }
        // Piece by piece: the byte is usually near.
        for piece in stride(from: start, to: count, by: 1 << 16) {
            let range = piece..<min(count, piece + 1 << 16)
            load(range)
            if let found = raw[range].firstIndex(of: byte) { return found }
        }
        return nil
    }

    /// Whether some bytes are at an offset.
    func has(_ expected: some Collection<UInt8>, at offset: Int = 0) -> Bool {
        guard offset >= 0, offset <= count, expected.count <= count - offset else { return false }
        load(offset..<offset + expected.count)
        return raw[offset..<offset + expected.count].elementsEqual(expected)
    }

    /// The bytes as text; nil when they are not UTF-8.
    var text: String? { withMemory { String(validating: $0, as: UTF8.self) } }

    /// The bytes as Latin-1 text, one character per byte.
    var latinText: String { withMemory { String(String.UnicodeScalarView($0.map { Unicode.Scalar($0) })) } }

    /// Gives access to the memory; the pointer must not leave `body`.
    func withMemory<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        load(0..<count)
        return withExtendedLifetime(owner) { body(raw) }
    }
}

extension LoadedFile {
    /// Opens a file as one of weights.
    static func weights(
        at url: URL, wholeUpTo: Int = LoadedFile.wholeUpTo
    ) throws(WeightsError) -> LoadedFile {
        do {
            return try LoadedFile(url, wholeUpTo: wholeUpTo)
        } catch {
            if [ENOENT, ENOTDIR].contains(error.code) { throw .notFound(path: url.path) }
            throw .unreadable(path: url.path, reason: error.reason)
        }
    }

    /// Throws if the file changed since it was opened, so that its bytes may be of two contents.
    func requireUnchanged(path: String) throws(WeightsError) {
        if hasChanged { throw .changed(path: path) }
    }

    /// Returns what `read` makes of the file, unless the file changed meanwhile: then neither the result nor the error of `read` would be
    /// about one content.
    func unchanged<Value>(
        path: String, _ read: () throws(WeightsError) -> Value
    ) throws(WeightsError) -> Value {
        let result = Result { () throws(WeightsError) in try read() }
        try requireUnchanged(path: path)
        return try result.get()
    }
}

/// Memory for decompressed bytes.
final class UnpackedBytes: @unchecked Sendable {
    let memory: UnsafeMutableRawBufferPointer

    init(count: Int) { memory = .init(start: allocateMemory(byteCount: count), count: count) }

    deinit { free(memory.baseAddress) }
}
