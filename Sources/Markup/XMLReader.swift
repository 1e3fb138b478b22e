/// Reads an XML document event by event, without validating it: elements with their attributes, and text.
///
/// Names come without their namespace's prefix, and declarations of namespaces are left out. CDATA is text. Comments and
/// processing instructions are passed over, and so is a document type that declares nothing itself; nothing is ever fetched. An
/// `&` that begins no reference is text, because people write `a&b.jpg`.
package struct XMLReader {
    /// What comes next in a document.
    package enum Event: Equatable, Sendable {
        /// An element begins.
        case start(Element)
        /// Text, white space included; that of one element may come in pieces.
        case text(String)
        /// An element ends; one that is written `<name/>`, too.
        case end(name: String)
    }

    /// The start of an element.
    package struct Element: Equatable, Sendable {
        /// Its name without a prefix.
        package var name: String
        /// Its attributes in their order; of equal names only the first.
        package var attributes: [Attribute]

        /// An element's start from its parts.
        package init(name: String, attributes: [Attribute] = []) {
            self.name = name
            self.attributes = attributes
        }

        /// The value of an attribute.
        package subscript(_ name: String) -> String? { attributes.first { $0.name == name }?.value }
    }

    /// An attribute of an element.
    package struct Attribute: Equatable, Sendable {
        /// Its name without a prefix.
        package var name: String
        /// Its value, references resolved, each line end and tab a space.
        package var value: String

        /// An attribute from its parts.
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// How deeply elements may be nested.
    static let maximumDepth = 64
    /// How many attributes an element may have.
    static let maximumAttributes = 10_000

    struct OpenElement {
        var name: String
        /// Where the name stands, with its prefix.
        var place: Range<Int>
        var line: Int
    }

    let bytes: [UInt8]
    var position = 0
    var open: [OpenElement] = []
    /// Whether the outermost element has begun.
    var hasRoot = false
    /// The element that `<name/>` has begun and will end.
    var isEmptyElement = false
    /// Whether the document has an `&` that begins no reference.
    package internal(set) var hadBareAmpersand = false
    /// The line, from 1, on which the last event began.
    package private(set) var line = 1
    private var lineStart = 0

    /// A reader of a document.
    ///
    /// - Parameter utf8: Its text; a declaration or a byte order mark at its head is passed over.
    package init(_ utf8: [UInt8]) {
        bytes = utf8
        if utf8.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
    }

    /// The next event; nil after the end of the document.
    ///
    /// - Throws: ``XMLError`` with the line of the first fault. What comes after that is not to be relied on.
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

    /// The line of a place at or behind the last event.
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
