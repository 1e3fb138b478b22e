import Foundation
import Tensors

/// A part of a memory-mapped file, which stays mapped while this exists. Reading out of bounds returns nil.
struct FileBytes: @unchecked Sendable {
    private let raw: UnsafeRawBufferPointer
    private let owner: AnyObject
    /// The file, and the offset of this part in it; nil for decompressed bytes.
    let place: (file: MappedFile, offset: Int)?

    /// Wraps a whole file.
    init(_ file: MappedFile) {
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
        return Integer(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: Integer.self))
    }

    /// The position of the next occurrence of a byte.
    func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        guard start >= 0, start < count else { return nil }
        return raw[start...].firstIndex(of: byte)
    }

    /// Whether some bytes are at an offset.
    func has(_ expected: some Collection<UInt8>, at offset: Int = 0) -> Bool {
        guard offset >= 0, offset <= count, expected.count <= count - offset else { return false }
        return raw[offset..<offset + expected.count].elementsEqual(expected)
    }

    /// The bytes as text; nil when they are not UTF-8.
    var text: String? { String(validating: raw, as: UTF8.self) }

    /// The bytes as Latin-1 text, one character per byte.
    var latinText: String { String(String.UnicodeScalarView(raw.map { Unicode.Scalar($0) })) }

    /// Gives access to the memory; the pointer must not leave `body`.
    func withMemory<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withExtendedLifetime(owner) { body(raw) }
    }
}

extension MappedFile {
    /// Opens a file as one of weights.
    static func weights(at url: URL) throws(WeightsError) -> MappedFile {
        do {
            return try MappedFile(url)
        } catch {
            if [ENOENT, ENOTDIR].contains(error.code) { throw .notFound(path: url.path) }
            throw .unreadable(path: url.path, reason: error.reason)
        }
    }
}

/// Memory for decompressed bytes.
final class UnpackedBytes: @unchecked Sendable {
    let memory: UnsafeMutableRawBufferPointer

    init(count: Int) { memory = .init(start: allocateMemory(byteCount: count), count: count) }

    deinit { free(memory.baseAddress) }
}
