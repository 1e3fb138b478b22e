import Foundation
import Tensors

/// A file that is not written yet.
public struct OutputFile: Sendable {
    private let content: Data
    private let place: URL

    /// Creates a file from its content.
    public init(_ content: Data, at place: URL) { (self.content, self.place) = (content, place) }

    /// Writes the file atomically.
    ///
    /// - Throws: ``FileWriteError``.
    func write() throws(FileWriteError) { try writeAtomically(content, to: place) }
}
