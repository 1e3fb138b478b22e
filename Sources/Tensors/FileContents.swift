import Foundation

/// All bytes of an ordinary file: small ones read, large ones mapped into memory, page by page as they are looked at.
///
/// A mapped file that is cut off in place while it is in use ends the program, as with every program that maps it; small files,
/// which tools write over all the time, are safe from that.
public final class FileContents: @unchecked Sendable {
    /// Files of fewer bytes are read.
    static let mappedFrom = 1 << 20

    private enum Storage {
        case read(UnsafeMutableRawBufferPointer)
        case mapped(MappedFile)
    }

    private let storage: Storage

    /// Opens a file.
    ///
    /// - Throws: ``FileError`` when there is none, or it is a folder, a pipe or a device, or it cannot be read.
    public init(_ url: URL) throws(FileError) {
        // A pipe must not be waited for.
        let descriptor = open(url.path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(reading: url, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError(reading: url, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileError(reading: url, status.st_mode & S_IFMT == S_IFDIR ? EISDIR : ENODEV)
        }
        if status.st_size >= Self.mappedFrom {
            do { storage = .mapped(try MappedFile(descriptor: descriptor, count: Int(status.st_size))) } catch {
                throw FileError(reading: url, error.code)
            }
        } else {
            storage = .read(try Self.read(descriptor, expected: Int(status.st_size), url))
        }
    }

    deinit { if case .read(let memory) = storage { memory.deallocate() } }

    /// Hands out the bytes, which are there as long as the closure runs.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(self) {} }
        switch storage {
        case .read(let memory): return try body(UnsafeRawBufferPointer(memory))
        case .mapped(let file): return try body(UnsafeRawBufferPointer(file.bytes))
        }
    }

    /// A copy of all bytes.
    public var bytes: [UInt8] { withBytes { Array($0) } }

    /// Reads as many bytes as there were when the file was opened, or fewer when it has been cut off since.
    private static func read(
        _ descriptor: Int32, expected: Int, _ url: URL
    ) throws(FileError) -> UnsafeMutableRawBufferPointer {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: expected, alignment: 16)
        var count = 0
        while count < expected {
            let step = Foundation.read(descriptor, memory.baseAddress?.advanced(by: count), expected - count)
            if step < 0 && errno == EINTR { continue }
            if step < 0 {
                let code = errno
                memory.deallocate()
                throw FileError(reading: url, code)
            }
            if step == 0 { break }
            count += step
        }
        return UnsafeMutableRawBufferPointer(rebasing: memory[..<count])
    }
}
