import Foundation

/// Writes a file so that readers, and a machine that stops halfway, see the old content or the new one and nothing between:
/// a temporary name in the same folder, flushed, then renamed.
///
/// - Parameters:
///   - numbers: What follows the data, from where it lies; nobody may change it meanwhile.
///   - synchronize: Whether to wait until the disk has the content, and the folder its name; for files that a later
///     run depends on.
/// - Throws: ``FileError`` with the path and the system's reason.
public func writeAtomically(
    _ data: Data, followedBy numbers: [TensorView] = [], to url: URL, synchronize: Bool = false
) throws(FileError) {
    let temporary = temporaryFile(for: url)
    let descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(writing: url, errno) }
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

/// Where a file is until it is whole: hidden, beside its place, under a name that nobody else has.
package func temporaryFile(for url: URL) -> URL {
    let end = ".\(getpid()).\(UInt32.random(in: 0 ... .max))"
    var name = Substring(url.lastPathComponent)
    while name.utf8.count + end.utf8.count > 254 { name.removeLast() }
    return url.deletingLastPathComponent().appendingPathComponent(".\(name)\(end)")
}

/// How many bytes the name of a temporary file is longer than the file's own, at the most.
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

/// A rename is only safe on disk once its folder is; a file system that cannot flush folders still has the file.
private func synchronizeFolder(_ folder: URL) {
    let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
}
