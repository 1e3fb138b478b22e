/// An error in a text file.
package struct TextError: Error, Equatable, CustomStringConvertible {
    /// The line, from 1, of the first invalid byte; nil when there is no single one.
    package var line: Int?
    /// What is wrong.
    package var reason: String

    /// Creates an error from its parts.
    package init(line: Int? = nil, reason: String) {
        self.line = line
        self.reason = reason
    }

    /// `line LINE: REASON`.
    package var description: String { (line.map { "line \($0): " } ?? "") + reason }
}
