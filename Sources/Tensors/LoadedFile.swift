import Foundation
import Synchronization

/// A file's bytes in memory of their own: small files are read when they are opened, large ones block by block when their bytes are needed.
///
/// Nothing is mapped from the disk, so another program may overwrite or truncate the file at any time: bytes that can no longer be read are
/// zero, and ``hasChanged`` says so. Writes change the memory, not the file.
public final class LoadedFile: @unchecked Sendable {
    /// Files with at most this many bytes are read when they are opened.
    public static let wholeUpTo = 64 << 20

    /// The number of bytes, of which those that were not requested yet are zero.
    public var count: Int { bytes.count }
    /// The memory; it lives as long as this object. Its bytes are the file's after ``load(_:)`` only.
    public let bytes: UnsafeMutableRawBufferPointer

    private static let blockSize = 1 << 20
    /// The open file; nil for bytes that come from no file.
    private let file: OrdinaryFile?
    private let isWhole: Bool
    private let state: Mutex<State>

    private struct State {
        /// The blocks that were read; empty for a file that was read when it was opened.
        var isRead: [Bool] = []
        var isIncomplete = false
    }

    /// Opens a file.
    ///
    /// - Parameter wholeUpTo: The size up to which the file is read at once.
    /// - Throws: ``MappingError`` with the system's reason.
    public init(_ url: URL, wholeUpTo: Int = LoadedFile.wholeUpTo) throws(MappingError) {
        let file = try OrdinaryFile(url)
        self.file = file
        isWhole = file.count <= wholeUpTo
        let blocks = isWhole ? 0 : (file.count + Self.blockSize - 1) / Self.blockSize
        state = Mutex(State(isRead: [Bool](repeating: false, count: blocks)))
        bytes = try Self.pages(file.count)
        if isWhole && file.count > 0 {
            let isComplete = try read(0..<file.count)
            state.withLock { $0.isIncomplete = !isComplete }
        }
    }

    /// A file's content that the program has in memory, of which it makes a copy.
    ///
    /// - Throws: ``MappingError`` without enough memory.
    public init(copying content: UnsafeRawBufferPointer) throws(MappingError) {
        file = nil
        isWhole = true
        state = Mutex(State())
        bytes = try Self.pages(content.count)
        if !content.isEmpty { bytes.copyMemory(from: content) }
    }

    /// Zero-filled pages, which take memory once they are written.
    private static func pages(_ count: Int) throws(MappingError) -> UnsafeMutableRawBufferPointer {
        if count == 0 { return UnsafeMutableRawBufferPointer(start: nil, count: 0) }
        let start = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let start, start != MAP_FAILED else { throw MappingError(code: errno) }
        return UnsafeMutableRawBufferPointer(start: start, count: count)
    }

    deinit { if let start = bytes.baseAddress { munmap(start, bytes.count) } }

    /// Reads these bytes unless they were read before.
    public func load(_ range: Range<Int>) {
        if isWhole || range.isEmpty { return }
        state.withLock { state in
            var block = range.lowerBound / Self.blockSize
            let end = (range.upperBound - 1) / Self.blockSize + 1
            while block < end {
                let first = block
                while block < end && !state.isRead[block] {
                    state.isRead[block] = true
                    block += 1
                }
                if first == block {
                    block += 1
                    continue
                }
                let isComplete = try? read(first * Self.blockSize..<min(block * Self.blockSize, count))
                if isComplete != true { state.isIncomplete = true }
            }
        }
    }

    /// Gives back the memory of these bytes, which are read again when they are requested; nobody may use them meanwhile. Blocks that also
    /// have other bytes stay.
    public func forget(_ range: Range<Int>) {
        if isWhole { return }
        state.withLock { state in
            let first = (range.lowerBound + Self.blockSize - 1) / Self.blockSize
            let end = range.upperBound == count ? state.isRead.count : range.upperBound / Self.blockSize
            if first >= end { return }
            for block in first..<end { state.isRead[block] = false }
            let start = first * Self.blockSize
            madvise(bytes.baseAddress?.advanced(by: start), min(end * Self.blockSize, count) - start, MADV_DONTNEED)
        }
    }

    /// Whether the file was written to since it was opened, so that its bytes may belong to two versions of it. A file that was replaced by
    /// another of the same name, as ``writeAtomically(_:followedBy:to:synchronize:)`` does, has not changed.
    public var hasChanged: Bool { state.withLock { $0.isIncomplete } || file?.hasChanged == true }

    /// Reads bytes; false when the file ends before them.
    private func read(_ range: Range<Int>) throws(MappingError) -> Bool {
        guard let file else { return true }
        var place = range.lowerBound
        while place < range.upperBound {
            let step = pread(
                file.descriptor, bytes.baseAddress?.advanced(by: place), range.upperBound - place, off_t(place))
            if step < 0 && errno == EINTR { continue }
            if step < 0 { throw MappingError(code: errno) }
            if step == 0 { return false }
            place += step
        }
        return true
    }
}
