import Foundation
import Images
import Tensors

/// Queries about files and folders.
enum FileSystem {
    /// Returns whether a path certainly leads to a regular file: not to a folder, and not to a pipe that would wait for a writer.
    static func isFile(_ url: URL) -> Bool {
        do throws(FileError) { return try FileKind.of(url) == .file } catch { return false }
    }

    /// Returns whether a file name has an image extension.
    static func isImageName(_ name: String) -> Bool { imageEndings.contains(FileName.ending(name)) }

    private static let imageEndings = Set(ImageFormat.allExtensions)
}
