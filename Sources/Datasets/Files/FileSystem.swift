import Foundation
import Images

/// The few questions that reading asks of the disk.
enum FileSystem {
    /// Whether there is an ordinary file (or a link to one): not a folder, and not a pipe that would wait for a writer.
    static func isFile(_ url: URL) -> Bool { kind(url) == S_IFREG }

    /// Whether there is a folder (or a link to one).
    static func isFolder(_ url: URL) -> Bool { kind(url) == S_IFDIR }

    private static func kind(_ url: URL) -> mode_t? {
        var status = stat()
        return stat(url.path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    /// Whether a file is called what images are called.
    static func isImageName(_ name: String) -> Bool { imageEndings.contains(FileName.ending(name)) }

    private static let imageEndings = Set(ImageFormat.allExtensions)
}
