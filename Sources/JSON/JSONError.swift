/// An error in a JSON document.
public struct JSONError: Error, Equatable, CustomStringConvertible {
    /// The file's path; empty for text from elsewhere.
    public var file: String
    /// The dotted path of the value: `training.epochs`, `images[3].id`; empty for the whole document.
    public var path: String
    /// The line, from 1, if known.
    public var line: Int?
    /// What is wrong.
    public var reason: String

    /// Creates an error from its parts.
    public init(file: String = "", path: String = "", line: Int? = nil, reason: String) {
        self.file = file
        self.path = path
        self.line = line
        self.reason = reason
    }

    /// `FILE:LINE: PATH: REASON`, without unknown parts.
    public var description: String {
        var place = file
        if let line { place += place.isEmpty ? "line \(line)" : ":\(line)" }
        return [place, path, reason].filter { !$0.isEmpty }.joined(separator: ": ")
    }
}
