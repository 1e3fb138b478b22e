import Foundation

/// One of the standard streams, written without Foundation's `FileHandle`, which crashes when a stream cannot be written.
struct StandardStream {
    static let output = StandardStream(descriptor: STDOUT_FILENO)
    static let errors = StandardStream(descriptor: STDERR_FILENO)

    private let descriptor: Int32

    /// Opens `/dev/null` in place of the standard streams that the caller closed; otherwise the next file that is opened would take a stream's
    /// number, and messages would be written into it. It is opened in the opposite direction, so that writing still fails.
    static func openClosed() {
        // The lowest free number is taken, and all lower ones are in use.
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// Writes a text to its end.
    ///
    /// - Returns: The system's error number; nil if all is written.
    func write(_ text: String) -> Int32? {
        var text = text
        return text.withUTF8 { bytes in
            var written = 0
            while written < bytes.count {
                let count = Foundation.write(
                    descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
                if count > 0 {
                    written += count
                } else if count == 0 {
                    return EIO
                } else if errno == EAGAIN {
                    // A stream that others set to not wait; it accepts more once its reader has caught up.
                    var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&ready, 1, -1)
                } else if errno != EINTR {
                    return errno
                }
            }
            return nil
        }
    }

    /// Closes the stream.
    ///
    /// - Returns: The system's error number; nil if everything was stored, or the stream was closed from the start.
    func close() -> Int32? { Foundation.close(descriptor) == 0 || errno == EBADF || errno == EINTR ? nil : errno }
}
