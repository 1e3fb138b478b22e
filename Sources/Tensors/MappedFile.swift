import Foundation

/// A file mapped into memory, loaded page by page on access. Writes change the memory, not the file.
///
/// If the file is replaced by another of the same name, as ``writeAtomically(_:followedBy:to:synchronize:)`` does, the mapping keeps the old
/// content. Truncating the file in place while it is mapped crashes the program, as with any memory-mapped file; ``LoadedFile`` is safe from
/// that.
final class MappedFile: @unchecked Sendable {
    /// The content; it lives as long as this object.
    let bytes: UnsafeMutableRawBufferPointer

    init(_ file: OrdinaryFile) throws(MappingError) {
        if file.count == 0 {
            bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)
            return
        }
        let start = mmap(nil, file.count, PROT_READ | PROT_WRITE, MAP_PRIVATE, file.descriptor, 0)
        guard let start, start != MAP_FAILED else { throw MappingError(code: errno) }
        bytes = UnsafeMutableRawBufferPointer(start: start, count: file.count)
    }

    deinit { if let start = bytes.baseAddress { munmap(start, bytes.count) } }
}

/// An open, readable file that is not a folder, pipe or device.
final class OrdinaryFile {
    let descriptor: Int32
    /// The size of the file in bytes when it was opened.
    let count: Int
    private let modified: timespec

    init(_ url: URL) throws(MappingError) {
        // Opening a pipe must not block.
        let descriptor = open(url.path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw MappingError(code: errno) }
        var status = stat()
        let failed = fstat(descriptor, &status) != 0
        let kind = status.st_mode & S_IFMT
        if failed || kind != S_IFREG {
            let code = failed ? errno : kind == S_IFDIR ? EISDIR : ENODEV
            close(descriptor)
            throw MappingError(code: code)
        }
        self.descriptor = descriptor
        count = Int(status.st_size)
        modified = status.st_mtim
    }

    /// Whether the file has another size or was written to since it was opened.
    var hasChanged: Bool {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return true }
        let time = status.st_mtim
        return Int(status.st_size) != count || time.tv_sec != modified.tv_sec || time.tv_nsec != modified.tv_nsec
    }

    deinit { close(descriptor) }
}

/// A file that cannot be brought into memory.
public struct MappingError: Error, Equatable {
    /// The system's error number.
    public let code: Int32

    /// The system's error message.
    public var reason: String { code == ENODEV ? "not a file" : systemMessage(code) }
}
