import Foundation

/// An image file that is open for reading; closed with the last reference.
///
/// Opening detects unusable files before a decoder sees the content: a pipe must not be waited for, nor a device read without end.
final class ImageFile {
    let path: String
    let byteCount: Int
    private let descriptor: Int32

    init(_ url: URL) throws(ImageError) {
        path = url.relativePath
        descriptor = open(url.path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw [ENOENT, ENOTDIR].contains(errno)
                ? .notFound(path: path) : .unreadable(path: path, reason: Self.reason(errno))
        }
        var status = stat()
        let isKnown = fstat(descriptor, &status) == 0
        byteCount = Int(status.st_size)
        guard isKnown else { throw .unreadable(path: path, reason: Self.reason(errno)) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw .isFolder(path: path)
        default: throw .isNoFile(path: path)
        }
        if byteCount == 0 { throw .empty(path: path) }
        if byteCount > maximumFileSize { throw .fileTooLarge(path: path, byteCount: byteCount) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Reads at most `limit` bytes of the file from `start` on; by default all of it.
    func bytes(at start: Int = 0, upTo limit: Int = maximumFileSize) throws(ImageError) -> [UInt8] {
        let wanted = max(0, min(limit, byteCount - start))
        var failure: Int32?
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
            while count < wanted {
                let got = pread(
                    descriptor, buffer.baseAddress?.advanced(by: count), wanted - count,
                    off_t(start + count))
                if got == 0 { return }
                if got < 0 {
                    if errno == EINTR { continue }
                    failure = errno
                    return
                }
                count += got
            }
        }
        if let failure { throw .unreadable(path: path, reason: Self.reason(failure)) }
        return bytes
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)).lowercased() }
}
