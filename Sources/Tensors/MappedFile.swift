import Foundation

/// A file's bytes in memory, brought in page by page when they are looked at. What is written to them stays in memory.
///
/// A file that is replaced by another of its name, as ``writeAtomically(_:to:synchronize:)`` does, stays as it was. One that is
/// cut off in place while it is mapped ends the program, as with every program that maps it.
public final class MappedFile: @unchecked Sendable {
    /// The content; it lives as long as this object.
    public let bytes: UnsafeMutableRawBufferPointer

    /// Maps a file.
    ///
    /// - Throws: ``MappingError`` with the system's reason.
    public convenience init(_ url: URL) throws(MappingError) { try self.init(try OrdinaryFile(url)) }

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

/// A file that is neither a folder nor a pipe nor a device, open to be read.
final class OrdinaryFile {
    let descriptor: Int32
    /// How many bytes it had when it was opened.
    let count: Int

    init(_ url: URL) throws(MappingError) {
        // A pipe must not be waited for.
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
    }

    deinit { close(descriptor) }
}

/// A file that cannot be mapped into memory.
public struct MappingError: Error, Equatable {
    /// The system's number for what happened.
    public let code: Int32

    /// The system's words for what happened.
    public var reason: String { code == ENODEV ? "not a file" : String(cString: strerror(code)).lowercased() }
}
