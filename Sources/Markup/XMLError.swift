/// What is wrong with an XML document, and where.
package struct XMLError: Error, Equatable, CustomStringConvertible {
    /// What sort of fault it is.
    package enum Kind: Sendable {
        /// The document is not well-formed.
        case notWellFormed
        /// The document declares entities of its own: these can grow beyond any memory, and none is read.
        case entityDeclarations
        /// The document is larger in some respect than any annotation.
        case tooLarge
    }

    /// What sort of fault it is.
    package var kind: Kind
    /// The line, from 1.
    package var line: Int
    /// What is wrong.
    package var reason: String

    /// An error from its parts.
    package init(kind: Kind, line: Int, reason: String) {
        self.kind = kind
        self.line = line
        self.reason = reason
    }

    /// `line LINE: REASON`.
    package var description: String { "line \(line): \(reason)" }
}
