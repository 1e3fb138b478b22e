import Foundation

/// A file that could not be written or read.
public struct FileError: Error, Equatable, CustomStringConvertible {
    /// The file's path.
    public let path: String
    /// The system's words for what happened.
    public let reason: String
    private let verb: String

    init(writing url: URL, _ code: Int32) { self.init(url, "write", code) }

    init(reading url: URL, _ code: Int32) { self.init(url, "read", code) }

    private init(_ url: URL, _ verb: String, _ code: Int32) {
        path = url.path
        self.verb = verb
        reason = code == ENODEV ? "not a file" : String(cString: strerror(code)).lowercased()
    }

    /// A sentence for the terminal.
    public var description: String { "cannot \(verb) \(path): \(reason)" }
}
