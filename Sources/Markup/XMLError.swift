/// An error in an XML document.
package struct XMLError: Error, Equatable, CustomStringConvertible {
    /// The kind of an error.
    package enum Kind: Sendable {
        /// The document is not well-formed.
        case notWellFormed
        /// The document declares its own entities: these can expand beyond any memory, so none are read.
        case entityDeclarations
        /// The document exceeds a limit that no annotation reaches.
        case tooLarge
    }

    /// The kind of the error.
    package var kind: Kind
    /// The line, from 1.
    package var line: Int
    /// What is wrong.
    package var reason: String

    /// Creates an error from its parts.
    package init(kind: Kind, line: Int, reason: String) {
        self.kind = kind
        self.line = line
        self.reason = reason
    }

    /// `line LINE: REASON`.
    package var description: String { "line \(line): \(reason)" }
}
