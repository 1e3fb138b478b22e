import Foundation

/// A file that could not be read; ``FileWriteError`` is one that could not be written.
public struct FileError: Error, Equatable, CustomStringConvertible {
    /// The file's path.
    public let path: String
    /// The system's error message.
    public let reason: String

    init(reading url: URL, _ error: MappingError) {
        path = url.path
        reason = error.reason
    }

    /// The error message for the terminal.
    public var description: String { "cannot read \(path): \(reason)" }
}
