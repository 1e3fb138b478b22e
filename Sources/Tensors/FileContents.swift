import Foundation

/// All bytes of a regular file: small files are read, large ones are mapped into memory and loaded page by page on access.
///
/// Truncating a mapped file while it is in use crashes the program, as with any memory-mapped file. Images and all but the largest
/// annotation files are small enough to be safe from that.
public final class FileContents: @unchecked Sendable {
    /// Files with fewer bytes than this are read instead of mapped.
    static let mappedFrom = LoadedFile.wholeUpTo

    private enum Storage {
        case read(UnsafeMutableRawBufferPointer)
        case mapped(MappedFile)
    }

    private let storage: Storage

    /// Opens a file.
    ///
    /// - Throws: ``FileError`` when the file does not exist, is a folder, pipe or device, or cannot be read.
    public init(_ url: URL) throws(FileError) {
        do {
            let file = try OrdinaryFile(url)
            storage =
                file.count < Self.mappedFrom ? .read(try Self.read(file)) : .mapped(try MappedFile(file))
        } catch { throw FileError(reading: url, error) }
    }

    deinit { if case .read(let memory) = storage { free(memory.baseAddress) } }

    /// Calls a closure with the bytes, which are valid only during the call.
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

    /// Reads as many bytes as the file had when it was opened, or fewer if it has been truncated since.
    private static func read(_ file: OrdinaryFile) throws(MappingError) -> UnsafeMutableRawBufferPointer {
        let memory = UnsafeMutableRawBufferPointer(start: malloc(max(file.count, 1)), count: file.count)
        if memory.baseAddress == nil { throw MappingError(code: ENOMEM) }
        var count = 0
        while count < file.count {
            let step = Foundation.read(file.descriptor, memory.baseAddress?.advanced(by: count), file.count - count)
            if step < 0 && errno == EINTR { continue }
            if step < 0 {
                let code = errno
                free(memory.baseAddress)
                throw MappingError(code: code)
            }
            if step == 0 { break }
            count += step
        }
        return UnsafeMutableRawBufferPointer(rebasing: memory[..<count])
    }
}
