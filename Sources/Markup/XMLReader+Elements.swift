extension XMLReader {
    /// Reads the start of an element.
    mutating func readStart() throws(XMLError) -> Element {
        let start = position
        let name = try self.name(from: start + 1)
        if open.isEmpty && hasRoot { throw fault("there is more content after the end of the document", at: start) }
        guard open.count < Self.maximumDepth else {
            throw fault("elements are nested more than \(Self.maximumDepth) deep", at: start, .tooLarge)
        }
        elementCount += 1
        guard elementCount <= Self.maximumElements else {
            throw fault("there are more than \(Self.maximumElements) elements", at: start, .tooLarge)
        }
        var element = Element(name: try localName(name))
        position = name.upperBound
        try readAttributes(of: &element, name)
        hasRoot = true
        open.append(OpenElement(name: element.name, place: name, line: line))
        return element
    }

    /// Reads up to and including the `>` of an element's start.
    private mutating func readAttributes(of element: inout Element, _ name: Range<Int>) throws(XMLError) {
        var (count, names) = (0, Set<String>())
        while true {
            let gap = position
            skipSpace()
            guard position < bytes.count else { throw endsEarly("<\(shown(name)) of line \(line) is not complete") }
            if bytes[position] == UInt8(ascii: ">") {
                position += 1
                return
            }
            if bytes[position] == UInt8(ascii: "/"), position + 1 < bytes.count,
                bytes[position + 1] == UInt8(ascii: ">")
            {
                position += 2
                isEmptyElement = true
                return
            }
            guard position > gap else { throw badStart(name) }
            count += 1
            if count > Self.maximumAttributes {
                throw fault("an element has more than \(Self.maximumAttributes) attributes", at: position, .tooLarge)
            }
            guard let attribute = try readAttribute(of: name) else { continue }
            // Few names are compared one by one; many are looked up in a set.
            if element.attributes.count == 16 { names = Set(element.attributes.map(\.name)) }
            let isNew =
                element.attributes.count < 16
                ? element[attribute.name] == nil : names.insert(attribute.name).inserted
            if isNew { element.attributes.append(attribute) }
        }
    }

    /// Reads an attribute; returns nil when it declares a namespace.
    private mutating func readAttribute(of element: Range<Int>) throws(XMLError) -> Attribute? {
        let place = position
        guard Self.isNameStart(bytes[position]) else { throw badStart(element) }
        let name = try self.name(from: position)
        position = name.upperBound
        skipSpace()
        guard position < bytes.count else { throw endsEarly("<\(shown(element)) of line \(line) is not complete") }
        guard bytes[position] == UInt8(ascii: "=") else { throw badStart(element) }
        position += 1
        skipSpace()
        guard position < bytes.count else { throw endsEarly("<\(shown(element)) of line \(line) is not complete") }
        let quote = bytes[position]
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { throw badStart(element) }
        position += 1
        let value = try readValue(quote, from: place)
        let isNamespace =
            bytes[name].starts(with: "xmlns".utf8) && (name.count == 5 || bytes[name.lowerBound + 5] == 0x3a)
        return isNamespace ? nil : Attribute(name: try localName(name), value: value)
    }

    private func badStart(_ name: Range<Int>) -> XMLError {
        fault("an element's start is not well-formed: <\(shown(name))", at: position)
    }

    /// Reads a value and its closing quote.
    private mutating func readValue(_ quote: UInt8, from place: Int) throws(XMLError) -> String {
        let start = position
        var end = start
        while end < bytes.count, bytes[end] != quote, !Self.isSpecial(bytes[end]) { end += 1 }
        if end < bytes.count, bytes[end] == quote {
            position = end + 1
            return String(decoding: bytes[start..<end], as: UTF8.self)
        }
        var text = Array(bytes[start..<end])
        position = end
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case quote:
                position += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "<"): throw fault("there is a stray '<' in an attribute", at: position)
            case UInt8(ascii: "&"): try readReference(into: &text)
            case 0x09, 0x0a, 0x0d:
                let isPair = byte == 0x0d && position + 1 < bytes.count && bytes[position + 1] == 0x0a
                text.append(0x20)
                position += isPair ? 2 : 1
            default:
                if Self.isForbidden(byte) { throw forbidden(at: position) }
                text.append(byte)
                position += 1
            }
        }
        throw endsEarly("an attribute of line \(line(at: place)) is not closed")
    }

    /// Returns whether a byte in a value or a text needs special treatment.
    @inline(__always)
    static func isSpecial(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "<") || byte == UInt8(ascii: "&")
    }
}

extension XMLReader {
    mutating func skipSpace() {
        while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
    }

    @inline(__always)
    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0a || byte == 0x09 || byte == 0x0d }

    /// Returns the range of the name that begins at a position.
    func name(from start: Int) throws(XMLError) -> Range<Int> {
        guard start < bytes.count else { throw endsEarly("a name is missing") }
        guard Self.isNameStart(bytes[start]) else {
            throw fault("a name is not valid in XML, perhaps because of a stray '<' or '&'", at: start)
        }
        var end = start + 1
        while end < bytes.count, Self.isNamePart(bytes[end]) { end += 1 }
        return start..<end
    }

    /// Returns a name without its prefix.
    private func localName(_ name: Range<Int>) throws(XMLError) -> String {
        var start = name.lowerBound
        if let colon = bytes[name].lastIndex(of: UInt8(ascii: ":")) { start = colon + 1 }
        guard start < name.upperBound else {
            throw fault("a name is not valid in XML: '\(shown(name))'", at: start)
        }
        return String(decoding: bytes[start..<name.upperBound], as: UTF8.self)
    }

    @inline(__always)
    static func isNameStart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
            UInt8(ascii: ":"), 0x80...0xff:
            true
        default: false
        }
    }

    @inline(__always)
    static func isNamePart(_ byte: UInt8) -> Bool {
        isNameStart(byte) || byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }
}
