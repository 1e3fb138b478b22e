import Foundation
import Images
import Tensors

/// A file that a job has made and not yet written.
public struct OutputFile: Sendable {
    private let content: Data
    private let place: URL
    private let isPicture: Bool

    /// Numbers or text.
    public init(_ content: Data, at place: URL) { self.init(content, place, isPicture: false) }

    /// A picture in its format.
    public init(picture content: Data, at place: URL) { self.init(content, place, isPicture: true) }

    private init(_ content: Data, _ place: URL, isPicture: Bool) {
        (self.content, self.place, self.isPicture) = (content, place, isPicture)
    }

    /// Writes the file, whole or not at all.
    ///
    /// - Throws: ``ImageError/cannotWrite(path:reason:)`` for a picture, otherwise ``FileError``.
    func write() throws {
        do { try writeAtomically(content, to: place) } catch {
            throw isPicture ? ImageError.cannotWrite(path: place.relativePath, reason: error.reason) : error
        }
    }
}
