import Foundation

/// Floats aligned to a cache line and freed with their last reference: the storage of tensors and programs.
public final class FloatBuffer: @unchecked Sendable {
    /// The memory; it lives as long as this object.
    public let pointer: UnsafeMutableBufferPointer<Float>
    private let owner: Owner

    private enum Owner {
        case heap
        case pages(byteCount: Int)
        case file(LoadedFile)
    }

    /// Creates `count` floats with one value. Large zero-filled buffers take neither time nor memory until they are used.
    public convenience init(count: Int, repeating value: Float = 0) {
        let byteCount = max(count, 1) * MemoryLayout<Float>.stride
        if value == 0 && byteCount >= Self.pagesFrom, let pages = Self.zeroPages(byteCount) {
            self.init(pages, count: count, owner: .pages(byteCount: byteCount))
        } else {
            self.init(uninitializedCount: count)
            pointer.initialize(repeating: value)
        }
    }

    /// Creates `count` uninitialized floats.
    convenience init(uninitializedCount count: Int) {
        let byteCount = max(count, 1) * MemoryLayout<Float>.stride
        self.init(allocateMemory(byteCount: byteCount), count: count, owner: .heap)
    }

    /// Uses a file's numbers in place, in the memory that they were read into; the file does not change.
    ///
    /// The numbers may start at any multiple of 4 bytes.
    public convenience init(_ file: LoadedFile, at offset: Int, count: Int) {
        guard let bytes = file.bytes.baseAddress, count > 0 else {
            self.init(count: 0)
            return
        }
        precondition(
            offset >= 0 && offset % 4 == 0 && offset + 4 * count <= file.bytes.count,
            "\(count) floats at byte \(offset) of a file of \(file.bytes.count) bytes")
        file.load(offset..<offset + 4 * count)
        self.init(bytes + offset, count: count, owner: .file(file))
    }

    private init(_ start: UnsafeMutableRawPointer, count: Int, owner: Owner) {
        pointer = UnsafeMutableBufferPointer(start: start.bindMemory(to: Float.self, capacity: count), count: count)
        self.owner = owner
    }

    /// Returns another buffer with the same content.
    public func copy() -> FloatBuffer {
        let other = FloatBuffer(uninitializedCount: pointer.count)
        _ = other.pointer.update(fromContentsOf: pointer)
        return other
    }

    deinit {
        switch owner {
        case .heap: free(pointer.baseAddress)
        case .pages(let byteCount): munmap(pointer.baseAddress, byteCount)
        case .file: break
        }
    }

    private static let pagesFrom = 1 << 20
    private static let hugePage = 1 << 21

    /// Allocates zero-filled memory directly from the system, which provides pages on first access; in pages of 2 MB where available, since
    /// faulting in 4 kB at a time can take longer than the computation.
    private static func zeroPages(_ byteCount: Int) -> UnsafeMutableRawPointer? {
        func reserve(_ byteCount: Int) -> UnsafeMutableRawPointer? {
            let pages = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            return pages == MAP_FAILED ? nil : pages
        }
        if byteCount < hugePage { return reserve(byteCount) }
        // Large pages must be aligned to their size: reserve too much, then release what lies before and after.
        guard let reserved = reserve(byteCount + hugePage) else { return nil }
        let before = (hugePage - Int(bitPattern: reserved) % hugePage) % hugePage
        let start = reserved + before
        let pageSize = Int(getpagesize())
        let end = (byteCount + pageSize - 1) / pageSize * pageSize
        if before > 0 { munmap(reserved, before) }
        munmap(start + end, hugePage - before + byteCount - end)
        madvise(start, byteCount, MADV_HUGEPAGE)
        return start
    }
}
