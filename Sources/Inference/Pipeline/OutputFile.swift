import Foundation
import Images
import Tensors

/// A file that is not written yet.
public struct OutputFile: Sendable {
    private let content: Data
    private let place: URL
    private let isImage: Bool

    /// Creates a data or text file.
    public init(_ content: Data, at place: URL) { self.init(content, place, isImage: false) }

    /// Creates an image file from encoded data.
    public init(image content: Data, at place: URL) { self.init(content, place, isImage: true) }

    private init(_ content: Data, _ place: URL, isImage: Bool) {
        (self.content, self.place, self.isImage) = (content, place, isImage)
    }

    /// Writes the file atomically.
    ///
    /// - Throws: ``ImageError/cannotWrite(path:reason:)`` for an image, otherwise ``FileError``.
    func write() throws {
        do { try writeAtomically(content, to: place) } catch {
            throw isImage ? ImageError.cannotWrite(path: place.relativePath, reason: error.reason) : error
        }
    }
}
