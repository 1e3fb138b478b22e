import Foundation

/// The identity of a file or folder, independent of the path that leads to it.
package struct FileIdentity: Hashable, Sendable {
    private let device, number: UInt64

    /// Returns nil when there is no such file.
    package init?(_ url: URL) {
        var status = stat()
        guard stat(url.path, &status) == 0 else { return nil }
        (device, number) = (UInt64(status.st_dev), UInt64(status.st_ino))
    }
}
