/// A text that cannot be read as such.
package struct TextError: Error, Equatable, CustomStringConvertible {
    /// The line, from 1, of the first byte that is wrong; nil when it is no single one.
    package var line: Int?
    /// What is wrong.
    package var reason: String

    /// An error from its parts.
    package init(line: Int? = nil, reason: String) {
        self.line = line
        self.reason = reason
    }

    /// `line LINE: REASON`.
    package var description: String { (line.map { "line \($0): " } ?? "") + reason }
}
