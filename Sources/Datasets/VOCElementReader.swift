import Foundation
import FoundationXML

/// Collects the texts of a VOC document with the lines that they begin on.
final class VOCElementReader: NSObject, XMLParserDelegate {
    /// The text of one element.
    struct Field {
        /// Without white space around it.
        var text: String
        var line: Int
        /// Whether there was white space around it.
        var hadSpaces = false
    }

    /// Elements by their path below the document or the object (`bndbox/xmin`); of equal ones the first counts.
    struct Fields {
        var line: Int
        private var fields: [String: Field] = [:]

        init(line: Int) { self.line = line }

        subscript(_ path: String) -> Field? { fields[path] }

        fileprivate mutating func add(_ path: String, _ field: Field) {
            if fields[path] == nil { fields[path] = field }
        }
    }

    /// What the outermost element is called.
    private(set) var rootName = ""
    /// What is not in an object.
    private(set) var fields = Fields(line: 1)
    /// What is in each object.
    private(set) var objects: [Fields] = []

    private static let maximumDepth = 32
    private var path: [String] = []
    private var open: [(line: Int, text: String)] = []
    private var object: Fields?
    private var failure: (line: Int, reason: String)?

    /// Reads a document; what is wrong with it, if anything is.
    func read(_ data: Data) -> (line: Int, reason: String)? {
        let parser = XMLParser(data: data)
        parser.delegate = self
        parser.shouldResolveExternalEntities = false
        _ = parser.parse()
        if let failure { return failure }
        // The parser takes the end of the input for the end of whatever is open.
        return path.isEmpty && !rootName.isEmpty ? nil : (max(1, parser.lineNumber), Self.words(4))
    }

    /// The first error is the one that says something; whether there was one, `parse()` does not tell.
    func parser(_ parser: XMLParser, parseErrorOccurred error: any Error) {
        let isAfterEnd = path.isEmpty && !rootName.isEmpty
        failure = failure ?? (max(1, parser.lineNumber), Self.words(isAfterEnd ? 86 : (error as NSError).code))
    }

    /// libxml2's error codes; see `xmlerror.h`.
    private static func words(_ code: Int) -> String {
        switch code {
        case 3, 4, 5, 74, 77: "the XML ends too early"
        case 9: "there are bytes that XML does not allow"
        case 26, 28: "an entity is used that nothing declares"
        case 31, 32, 81: "the text is not in the encoding that it declares"
        case 39, 40, 41, 65, 73: "an element's start is not well-formed"
        case 38: "there is a stray '<' in an attribute"
        case 42: "an attribute appears twice"
        case 68: "there is a name that XML does not allow, perhaps a stray '<' or '&'"
        case 76: "an element is closed that is not open"
        case 86: "there is more after the end of the document"
        default: "this is not well-formed XML"
        }
    }

    /// See `XMLParserDelegate`.
    func parser(
        _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String] = [:]
    ) {
        path.append(element)
        open.append((parser.lineNumber, ""))
        if path.count == 1 {
            if !rootName.isEmpty { stop(parser, "there is more after the end of the document") }
            rootName = element
        }
        if path.count > Self.maximumDepth {
            stop(parser, "elements are nested more than \(Self.maximumDepth) deep")
        }
        if path.count == 2 && element == "object" { object = Fields(line: parser.lineNumber) }
    }

    private func stop(_ parser: XMLParser, _ reason: String) {
        failure = failure ?? (parser.lineNumber, reason)
        parser.abortParsing()
    }

    /// See `XMLParserDelegate`.
    func parser(_ parser: XMLParser, foundCharacters text: String) {
        if !open.isEmpty { open[open.count - 1].text += text }
    }

    /// See `XMLParserDelegate`.
    func parser(_ parser: XMLParser, foundCDATA block: Data) {
        if !open.isEmpty { open[open.count - 1].text += String(decoding: block, as: UTF8.self) }
    }

    /// See `XMLParserDelegate`.
    func parser(
        _ parser: XMLParser, didEndElement element: String, namespaceURI: String?, qualifiedName: String?
    ) {
        guard let (line, raw) = open.popLast() else { return }
        let text = raw.trimmingCharacters(in: .whitespacesAndNewlines)
        let field = Field(text: text, line: line, hadSpaces: text != raw)
        if object != nil && path.count > 2 {
            // A `<part>` of an object has a name and a box of its own, which its longer path keeps apart.
            object?.add(path[2...].joined(separator: "/"), field)
        } else if path.count > 1 {
            fields.add(path[1...].joined(separator: "/"), field)
        }
        if path.count == 2, element == "object", let object {
            objects.append(object)
            self.object = nil
        }
        path.removeLast()
    }
}
