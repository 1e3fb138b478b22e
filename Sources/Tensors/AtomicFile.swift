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
    let temporary = temporaryFile(for: url)
    let descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(writing: url, errno) }
    // Tells ``removeAbandonedTemporaryFiles(in:)`` that the file is being written; a file system without locks does not matter.
    flock(descriptor, LOCK_EX | LOCK_NB)
    var failure = data.withUnsafeBytes { writeAll($0, to: descriptor) }
    for view in numbers where failure == nil {
        failure = writeAll(UnsafeRawBufferPointer(view.elements), to: descriptor)
    }
    if failure == nil && synchronize && fsync(descriptor) != 0 { failure = errno }
    if close(descriptor) != 0 && failure == nil { failure = errno }
    if failure == nil && rename(temporary.path, url.path) != 0 { failure = errno }
    if let failure {
        unlink(temporary.path)
        throw FileError(writing: url, failure)
    }
    if synchronize { synchronizeFolder(url.deletingLastPathComponent()) }
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
