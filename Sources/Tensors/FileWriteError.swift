import Foundation

/// A file or folder that could not be written. It never concerns an input, so no job goes on after it.
public struct FileWriteError: Error, Equatable, CustomStringConvertible {
    /// The path as it was given.
    public let path: String
    /// The system's error message.
    public let reason: String

    /// Creates an error from the system's error number.
    package init(_ url: URL, _ code: Int32) { self.init(url, reason: systemMessage(code)) }

    /// Creates an error from a reason.
    package init(_ url: URL, reason: String) { (path, self.reason) = (url.relativePath, reason) }

    /// The error message for the terminal.
    public var description: String { "\(path) cannot be written: \(reason)" }
}

/// Returns the system's message for an error number, such as `no space left on device`.
package func systemMessage(_ code: Int32) -> String {
    code == ENOMEM ? "there is not enough memory" : String(cString: strerror(code)).lowercased()
}
