import Foundation
import Images
import Tensors

/// A file that a job has made and not yet written.
public struct OutputFile: Sendable {
    private let content: Data
    private let place: URL
    private let isImage: Bool

    /// Numbers or text.
    public init(_ content: Data, at place: URL) { self.init(content, place, isImage: false) }

    /// An image in its format.
    public init(image content: Data, at place: URL) { self.init(content, place, isImage: true) }

    private init(_ content: Data, _ place: URL, isImage: Bool) {
        (self.content, self.place, self.isImage) = (content, place, isImage)
    }

    /// Writes the file, whole or not at all.
    ///
    /// - Throws: ``ImageError/cannotWrite(path:reason:)`` for an image, otherwise ``FileError``.
    func write() throws {
        do { try writeAtomically(content, to: place) } catch {
            throw isImage ? ImageError.cannotWrite(path: place.relativePath, reason: error.reason) : error
        }
    }
}
