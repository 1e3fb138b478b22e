/// Reads an XML document event by event, without validating it: elements with their attributes, and text.
///
/// Names come without namespace prefixes, and namespace declarations are left out. CDATA is text. Comments, processing instructions
/// and a document type without declarations are skipped; nothing is ever fetched. An `&` that begins no reference is text, because
/// file names such as `a&b.jpg` occur.
package struct XMLReader {
    /// An event in a document.
    package enum Event: Equatable, Sendable {
        /// An element begins.
        case start(Element)
        /// Text, including white space; the text of one element may come in pieces.
        case text(String)
        /// An element ends; also reported for `<name/>`.
        case end(name: String)
    }

    /// The start of an element.
    package struct Element: Equatable, Sendable {
        /// The name without a prefix.
        package var name: String
        /// The attributes in order; only the first of equal names.
        package var attributes: [Attribute]

        /// Creates an element's start from its parts.
        package init(name: String, attributes: [Attribute] = []) {
            self.name = name
            self.attributes = attributes
        }

        /// The value of an attribute.
        package subscript(_ name: String) -> String? { attributes.first { $0.name == name }?.value }
    }

    /// An attribute of an element.
    package struct Attribute: Equatable, Sendable {
        /// The name without a prefix.
        package var name: String
        /// The value with references resolved, and line ends and tabs replaced by spaces.
        package var value: String

        /// Creates an attribute from its parts.
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The maximum nesting depth of elements.
    static let maximumDepth = 64
    /// The maximum number of attributes of an element.
    static let maximumAttributes = 256
    /// The maximum number of elements of a document.
    static let maximumElements = 10_000_000

    struct OpenElement {
        var name: String
        /// The range of the name with its prefix.
        var place: Range<Int>
        var line: Int
    }

    let bytes: [UInt8]
    var position = 0
    var open: [OpenElement] = []
    /// The number of elements that have begun.
    var elementCount = 0
    /// Whether the root element has begun.
    var hasRoot = false
    /// Whether a `<name/>` element has begun and is still to be ended.
    var isEmptyElement = false
    /// Whether the document has a bare `&`, which begins no reference.
    package internal(set) var hadBareAmpersand = false
    /// The line, from 1, on which the last event began.
    package private(set) var line = 1
    private var lineStart = 0

    /// Creates a reader of a document.
    ///
    /// - Parameter utf8: The document's text; a leading declaration or byte order mark is skipped.
    package init(_ utf8: [UInt8]) {
        bytes = utf8
        if utf8.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
    }

    /// Returns the next event; nil after the end of the document.
    ///
    /// - Throws: ``XMLError`` with the line of the first error. Events after an error are not reliable.
    package mutating func next() throws(XMLError) -> Event? {
        if isEmptyElement {
            isEmptyElement = false
            return endElement()
        }
        while position < bytes.count {
            line = line(at: position)
            lineStart = position
            if let event = bytes[position] == UInt8(ascii: "<") ? try readMarkup() : try readText() { return event }
        }
        if let element = open.last {
            throw endsEarly("<\(element.name.prefix(40))> of line \(element.line) is not closed")
        }
        if !hasRoot { throw endsEarly("there is no element") }
        return nil
    }

    mutating func endElement() -> Event? { open.popLast().map { .end(name: $0.name) } }

    /// Returns the line of a position at or after the last event.
    func line(at place: Int) -> Int {
        var breaks = 0
        for byte in bytes[lineStart..<max(lineStart, place)] { breaks &+= byte == 0x0a ? 1 : 0 }
        return line + breaks
    }

    func fault(_ reason: String, at place: Int, _ kind: XMLError.Kind = .notWellFormed) -> XMLError {
        XMLError(kind: kind, line: line(at: min(place, bytes.count)), reason: reason)
    }

    func endsEarly(_ detail: String) -> XMLError {
        fault("the XML ends too early: \(detail)", at: bytes.count)
    }
}
