extension XMLReader {
    /// Reads the markup that begins with the `<` at the position; returns nil when it is not an event.
    mutating func readMarkup() throws(XMLError) -> Event? {
        guard position + 1 < bytes.count else { throw endsEarly("a '<' is the last character") }
        switch bytes[position + 1] {
        case UInt8(ascii: "/"): return try readEnd()
        case UInt8(ascii: "?"):
            position = try end("?>", from: position + 2, of: "a processing instruction") + 2
            return nil
        case UInt8(ascii: "!"): return try readDeclaration()
        default: return .start(try readStart())
        }
    }

    private mutating func readEnd() throws(XMLError) -> Event? {
        let start = position
        let name = try self.name(from: start + 2)
        position = name.upperBound
        skipSpace()
        guard position < bytes.count else { throw endsEarly("</\(shown(name)) is not complete") }
        guard bytes[position] == UInt8(ascii: ">") else {
            throw fault("an element's end is not well-formed: </\(shown(name))", at: position)
        }
        position += 1
        guard let last = open.last else {
            throw fault("there is more content after the end of the document", at: start)
        }
        guard bytes[name].elementsEqual(bytes[last.place]) else {
            throw fault(
                "a closing tag does not match the open element: </\(shown(name))> in <\(shown(last.place))> of line \(last.line)",
                at: start)
        }
        return endElement()
    }

    private mutating func readDeclaration() throws(XMLError) -> Event? {
        if has("<!--") {
            position = try end("-->", from: position + 4, of: "a comment") + 3
            return nil
        }
        if has("<![CDATA[") {
            if open.isEmpty { throw textOutside(at: position) }
            let start = position + 9
            let close = try end("]]>", from: start, of: "a CDATA section")
            position = close + 3
            return close > start ? .text(plainText(start..<close)) : nil
        }
        if has("<!DOCTYPE") {
            try skipDocumentType()
            return nil
        }
        for word in ["<!ENTITY", "<!ELEMENT", "<!ATTLIST", "<!NOTATION"] where has(word) {
            throw fault("\(word)> is not allowed here; entities are not read", at: position, .entityDeclarations)
        }
        throw fault("'<!' begins no known XML markup", at: position)
    }

    private mutating func skipDocumentType() throws(XMLError) {
        let start = position
        if hasRoot { throw fault("<!DOCTYPE> must precede the first element", at: start) }
        position += 9
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: ">"):
                position += 1
                return
            case UInt8(ascii: "["):
                throw fault(
                    "the <!DOCTYPE> declares entities or the like; it was not read", at: start, .entityDeclarations)
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                position += 1
                while position < bytes.count, bytes[position] != byte { position += 1 }
            case UInt8(ascii: "<"): throw fault("there is a stray '<' in the <!DOCTYPE>", at: position)
            default: break
            }
            position += 1
        }
        throw endsEarly("the <!DOCTYPE> of line \(line) is not closed")
    }

    private func has(_ word: String) -> Bool { bytes[position...].starts(with: word.utf8) }

    /// Returns the position of a closing mark.
    private func end(_ mark: StaticString, from start: Int, of what: String) throws(XMLError) -> Int {
        let (length, first) = (mark.utf8CodeUnitCount, mark.utf8Start[0])
        var place = start
        while place + length <= bytes.count {
            let byte = bytes[place]
            if byte == first {
                var index = 1
                while index < length, bytes[place + index] == mark.utf8Start[index] { index += 1 }
                if index == length { return place }
            } else if Self.isForbidden(byte) {
                throw forbidden(at: place)
            }
            place += 1
        }
        throw endsEarly("\(what) of line \(line) is not closed")
    }

    /// Returns whether a byte is a control character other than white space.
    @inline(__always)
    static func isForbidden(_ byte: UInt8) -> Bool {
        byte < 0x20 && byte != 0x0a && byte != 0x09 && byte != 0x0d
    }

    func forbidden(at place: Int) -> XMLError {
        let code = String(bytes[place], radix: 16, uppercase: true)
        return fault(
            "there is a control character that XML does not allow (U+00\(bytes[place] < 16 ? "0" : "")\(code))",
            at: place)
    }

    /// Returns a name as shown in messages.
    func shown(_ name: Range<Int>) -> String {
        let text = String(decoding: bytes[name].prefix(160), as: UTF8.self)
        return String(text.prefix(40))
    }
}
