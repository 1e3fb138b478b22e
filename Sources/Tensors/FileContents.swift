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
        do {
            let file = try OrdinaryFile(url)
            storage =
                file.count < Self.mappedFrom ? .read(try Self.read(file)) : .mapped(try MappedFile(file))
        } catch { throw FileError(reading: url, error) }
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
    private static func read(_ file: OrdinaryFile) throws(MappingError) -> UnsafeMutableRawBufferPointer {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: file.count, alignment: 16)
        var count = 0
        while count < file.count {
            let step = Foundation.read(file.descriptor, memory.baseAddress?.advanced(by: count), file.count - count)
            if step < 0 && errno == EINTR { continue }
            if step < 0 {
                let code = errno
                memory.deallocate()
                throw MappingError(code: code)
            }
            if step == 0 { break }
            count += step
        }
        return UnsafeMutableRawBufferPointer(rebasing: memory[..<count])
    }
}
