import Foundation

/// A file that could not be written or read.
public struct FileError: Error, Equatable, CustomStringConvertible {
    /// The file's path.
    public let path: String
    /// The system's error message.
    public let reason: String
    private let verb: String

    init(writing url: URL, _ code: Int32) {
        path = url.path
        verb = "write"
        reason = systemReason(code)
    }

    init(reading url: URL, _ error: MappingError) {
        path = url.path
        verb = "read"
        reason = error.reason
    }

    /// The error message for the terminal.
    public var description: String { "cannot \(verb) \(path): \(reason)" }
}
