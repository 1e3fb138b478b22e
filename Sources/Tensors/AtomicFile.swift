import Foundation

/// Writes a file so that readers see either the complete old content or the complete new content, even after a crash: the data goes to a
/// temporary file in the same folder, which is flushed, then renamed.
///
/// - Parameters:
///   - numbers: Data appended after `data`, read in place; must not be changed during the call.
///   - synchronize: Whether to wait until content and name are on disk; for files that a later run depends on.
/// - Throws: ``FileError`` with the path and the system's reason.
public func writeAtomically(
    _ data: Data, followedBy numbers: [TensorView] = [], to url: URL, synchronize: Bool = false
) throws(FileError) {
    let file = try AtomicFile(url)
    try file.write(data)
    for view in numbers { try file.write(UnsafeRawBufferPointer(view.elements)) }
    try file.finish(synchronize: synchronize)
}

/// A file that is written piece by piece, for results that need not be in memory at once; readers see it only when it is complete, as with
/// ``writeAtomically(_:followedBy:to:synchronize:)``. Without ``finish(synchronize:)``, nothing remains of it.
public final class AtomicFile {
    private let url: URL
    private let temporary: URL
    private var descriptor: Int32
    /// Text that is still to be written; short pieces are written together.
    private var pending: [UInt8] = []
    private static let pendingSize = 1 << 16

    /// Creates the temporary file.
    ///
    /// - Throws: ``FileError`` with the path and the system's reason, as the other methods.
    public init(_ url: URL) throws(FileError) {
        self.url = url
        temporary = temporaryFile(for: url)
        descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError(writing: url, errno) }
    }

    deinit { discard() }

    /// Appends text in UTF-8.
    public func write(_ text: String) throws(FileError) {
        pending += text.utf8
        if pending.count >= Self.pendingSize { try flush() }
    }

    /// Appends data.
    public func write(_ data: Data) throws(FileError) {
        try flush()
        let failure = data.withUnsafeBytes { writeAll($0, to: descriptor) }
        if let failure { throw FileError(writing: url, failure) }
    }

    /// Appends bytes.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        try flush()
        if let failure = writeAll(bytes, to: descriptor) { throw FileError(writing: url, failure) }
    }

    /// Gives the file its name.
    ///
    /// - Parameter synchronize: Whether to wait until content and name are on disk.
    public func finish(synchronize: Bool = false) throws(FileError) {
        precondition(descriptor >= 0, "\(url.path) has been finished before")
        try flush()
        var failure: Int32?
        if synchronize && fsync(descriptor) != 0 { failure = errno }
        if close(descriptor) != 0 && failure == nil { failure = errno }
        descriptor = -1
        if failure == nil && rename(temporary.path, url.path) != 0 { failure = errno }
        if let failure {
            unlink(temporary.path)
            throw FileError(writing: url, failure)
        }
        if synchronize { synchronizeFolder(url.deletingLastPathComponent()) }
    }

    private func flush() throws(FileError) {
        let failure = pending.withUnsafeBytes { writeAll($0, to: descriptor) }
        pending.removeAll(keepingCapacity: true)
        if let failure { throw FileError(writing: url, failure) }
    }

    private func discard() {
        guard descriptor >= 0 else { return }
        close(descriptor)
        unlink(temporary.path)
    }
}

/// Returns the path under which a file is written until it is complete: hidden, in the same folder, with a name that no other process uses.
package func temporaryFile(for url: URL) -> URL {
    let end = ".\(getpid()).\(UInt32.random(in: 0 ... .max))"
    var name = Substring(url.lastPathComponent)
    while name.utf8.count + end.utf8.count > 254 { name.removeLast() }
    return url.deletingLastPathComponent().appendingPathComponent(".\(name)\(end)")
}

/// The largest number of bytes by which the name of a temporary file exceeds the name of the file.
let temporaryAffixLength = ".".count + 2 * ".4294967295".count

private func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
    var offset = 0
    while offset < bytes.count {
        let written = write(descriptor, bytes.baseAddress?.advanced(by: offset), bytes.count - offset)
        if written < 0 {
            if errno == EINTR { continue }
            return errno
        }
        offset += written
    }
    return nil
}

/// Makes a rename durable, which requires flushing the folder; failures are ignored, since some file systems cannot flush folders.
private func synchronizeFolder(_ folder: URL) {
    let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
}
