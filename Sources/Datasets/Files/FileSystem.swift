import Foundation
import Images

/// Queries about files and folders.
enum FileSystem {
    /// Returns whether a regular file (or a link to one) exists: not a folder, and not a pipe that would wait for a writer.
    static func isFile(_ url: URL) -> Bool { kind(url) == S_IFREG }

    /// Returns whether a folder (or a link to one) exists.
    static func isFolder(_ url: URL) -> Bool { kind(url) == S_IFDIR }

    private static func kind(_ url: URL) -> mode_t? {
        var status = stat()
        return stat(url.path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    /// Returns whether a file name has an image extension.
    static func isImageName(_ name: String) -> Bool { imageEndings.contains(FileName.ending(name)) }

    private static let imageEndings = Set(ImageFormat.allExtensions)
}
