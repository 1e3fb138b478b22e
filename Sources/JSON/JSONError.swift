/// What is wrong with a JSON document, and where.
public struct JSONError: Error, Equatable, CustomStringConvertible {
    /// The file's path; empty for text that came from elsewhere.
    public var file: String
    /// The dotted path of the value: `training.epochs`, `images[3].id`; empty for the whole document.
    public var path: String
    /// The line, from 1, where it is known.
    public var line: Int?
    /// What is wrong.
    public var reason: String

    /// An error from its parts.
    public init(file: String = "", path: String = "", line: Int? = nil, reason: String) {
        self.file = file
        self.path = path
        self.line = line
        self.reason = reason
    }

    /// `FILE:LINE: PATH: REASON`, without the parts that are not known.
    public var description: String {
        var place = file
        if let line { place += place.isEmpty ? "line \(line)" : ":\(line)" }
        return [place, path, reason].filter { !$0.isEmpty }.joined(separator: ": ")
    }
}
