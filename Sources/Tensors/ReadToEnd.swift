import Foundation

/// Reads a file to its end, or a pipe such as the shell's `<(command)`; ``FileContents`` refuses pipes, which may never end.
///
/// - Throws: ``FileError`` with the system's reason.
package func readToEnd(_ url: URL) throws(FileError) -> [UInt8] {
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(reading: url, MappingError(code: errno)) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(descriptor, &piece, piece.count)
        if count < 0 && errno == EINTR { continue }
        if count < 0 { throw FileError(reading: url, MappingError(code: errno)) }
        if count == 0 { return bytes }
        bytes += piece[..<count]
    }
}
