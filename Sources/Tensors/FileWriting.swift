import Foundation

/// Writes a file so that readers see either the complete old content or the complete new content, even after a crash: the data goes to a
/// temporary file in the same folder, which is flushed, then renamed.
///
/// All results are written here. What stands at the path decides how (``FileDestination``): a device, a pipe or a socket is written to; a
/// symbolic link stays, and the file that it leads to is replaced; a replaced file keeps its mode and, where permitted, its owner; a new
/// one gets what the process's mask leaves. When anything fails, the old content stays, and no part of the new one.
///
/// - Parameters:
///   - numbers: Data appended after `data`, read in place; must not be changed during the call.
///   - synchronize: Whether to wait until content and name are on disk; for files that a later run depends on.
/// - Throws: ``FileWriteError`` with the path and the system's reason.
public func writeAtomically(
    _ data: Data, followedBy numbers: [TensorView] = [], to url: URL, synchronize: Bool = false
) throws(FileWriteError) {
    let file = try AtomicFile(url)
    try file.append(data)
    for view in numbers { try file.append(UnsafeRawBufferPointer(view.elements)) }
    try file.finish(synchronize: synchronize)
}

/// Copies a file byte for byte to a new name, atomically. The copy has the permissions of the original that the process's mask leaves.
///
/// - Throws: ``FileError`` when the original cannot be read, ``FileWriteError`` when the copy cannot be written.
package func copyAtomically(_ source: URL, to url: URL) throws {
    let original: OrdinaryFile
    do { original = try OrdinaryFile(source) } catch { throw FileError(reading: source, error) }
    var status = stat()
    guard fstat(original.descriptor, &status) == 0 else { throw FileError(reading: source, MappingError(code: errno)) }
    let copy = try AtomicFile(url, mode: status.st_mode & 0o777)
    let length = 1 << 20
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: length, alignment: 16)
    defer { buffer.deallocate() }
    while true {
        let count = read(original.descriptor, buffer.baseAddress, length)
        if count < 0 && errno == EINTR { continue }
        if count < 0 { throw FileError(reading: source, MappingError(code: errno)) }
        if count == 0 { break }
        try copy.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
    try copy.finish()
}

/// Creates a folder, and the folders that it is in, unless it exists.
///
/// - Throws: ``FileWriteError`` with the system's reason, `not a directory` where a file has its name.
package func createFolder(_ url: URL) throws(FileWriteError) {
    if let reason = makeFolder(url.path) { throw FileWriteError(url, reason) }
}

/// - Returns: The system's error number; nil if the folder exists now.
private func makeFolder(_ path: String) -> Int32? {
    if mkdir(path, 0o777) == 0 { return nil }
    let reason = errno
    var status = stat()
    if stat(path, &status) == 0 { return status.st_mode & S_IFMT == S_IFDIR ? nil : ENOTDIR }
    let parent = (path as NSString).deletingLastPathComponent
    guard reason == ENOENT, !parent.isEmpty, parent != path else { return reason }
    if let reason = makeFolder(parent) { return reason }
    // Another thread may have created it in the meantime.
    return mkdir(path, 0o777) == 0 || errno == EEXIST ? nil : errno
}

/// Creates a symbolic link.
///
/// - Throws: ``FileWriteError`` with the system's reason, also when there is a file of the name.
package func createLink(_ link: URL, to target: URL) throws(FileWriteError) {
    if symlink(target.path, link.path) != 0 { throw FileWriteError(link, errno) }
}
