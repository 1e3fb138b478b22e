extension XMLReader {
    /// Reads text up to the next `<`; returns nil for the white space around the root element.
    mutating func readText() throws(XMLError) -> Event? {
        if open.isEmpty {
            skipSpace()
            if position < bytes.count, bytes[position] != UInt8(ascii: "<") { throw textOutside(at: position) }
            return nil
        }
        let start = position
        var end = start
        while end < bytes.count, !Self.isSpecial(bytes[end]) || bytes[end] == 0x0a || bytes[end] == 0x09 { end += 1 }
        position = end
        if end == bytes.count || bytes[end] == UInt8(ascii: "<") {
            return .text(String(decoding: bytes[start..<end], as: UTF8.self))
        }
        return .text(try readLongText(Array(bytes[start..<end])))
    }

    /// Reads on when references or line ends must be resolved.
    private mutating func readLongText(_ beginning: [UInt8]) throws(XMLError) -> String {
        var text = beginning
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "<"): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "&"): try readReference(into: &text)
            case 0x0d: readLineEnd(into: &text)
            default:
                if Self.isForbidden(byte) { throw forbidden(at: position) }
                text.append(byte)
                position += 1
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads CR LF or CR as LF.
    private mutating func readLineEnd(into text: inout [UInt8]) {
        text.append(0x0a)
        position += position + 1 < bytes.count && bytes[position + 1] == 0x0a ? 2 : 1
    }

    /// Returns a piece of text in which only line ends are resolved.
    func plainText(_ range: Range<Int>) -> String {
        guard bytes[range].contains(0x0d) else { return String(decoding: bytes[range], as: UTF8.self) }
        var text: [UInt8] = []
        for place in range where bytes[place] != 0x0a || place == range.lowerBound || bytes[place - 1] != 0x0d {
            text.append(bytes[place] == 0x0d ? 0x0a : bytes[place])
        }
        return String(decoding: text, as: UTF8.self)
    }

    func textOutside(at place: Int) -> XMLError {
        fault(
            hasRoot
                ? "there is more content after the end of the document"
                : "this is not XML: there is text before the first element",
            at: place)
    }
}

/// References to characters and entities.
extension XMLReader {
    private static let entities: [String: String] = [
        "lt": "<", "gt": ">", "amp": "&", "quot": "\"", "apos": "'", "nbsp": "\u{a0}",
    ]

    /// Reads a reference that begins with the `&` at the position, or else that character.
    mutating func readReference(into text: inout [UInt8]) throws(XMLError) {
        let start = position
        var end = start + 1
        if end < bytes.count, bytes[end] == UInt8(ascii: "#") { end += 1 }
        while end < bytes.count, Self.isNamePart(bytes[end]) { end += 1 }
        let name = start + 1..<end
        guard end < bytes.count, bytes[end] == UInt8(ascii: ";"), !name.isEmpty else {
            return readAmpersand(into: &text)
        }
        if bytes[start + 1] == UInt8(ascii: "#") {
            guard let code = Self.code(bytes[start + 2..<end]) else { return readAmpersand(into: &text) }
            guard let scalar = Unicode.Scalar(code), Self.isAllowed(scalar) else {
                throw fault("&\(shown(name)); is a character that XML does not allow", at: start)
            }
            text += String(scalar).utf8
        } else {
            guard name.count <= 8, let value = Self.entities[String(decoding: bytes[name], as: UTF8.self)] else {
                throw fault("an entity is not declared: &\(shown(name));", at: start)
            }
            text += value.utf8
        }
        position = end + 1
    }

    private mutating func readAmpersand(into text: inout [UInt8]) {
        hadBareAmpersand = true
        text.append(UInt8(ascii: "&"))
        position += 1
    }

    /// Returns the value of `65` or `x41`, limited to a value above any character; nil when it is not a number.
    private static func code(_ text: ArraySlice<UInt8>) -> UInt32? {
        let isHexadecimal = text.first == UInt8(ascii: "x") || text.first == UInt8(ascii: "X")
        let digits = isHexadecimal ? text.dropFirst() : text
        var code: UInt32 = 0
        for byte in digits {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, isHexadecimal || digit < 10 else {
                return nil
            }
            code = min(code * (isHexadecimal ? 16 : 10) + UInt32(digit), 0x11_0000)
        }
        return digits.isEmpty ? nil : code
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0a, 0x0d, 0x20...0xfffd, 0x10000...0x10ffff: true
        default: false
        }
    }
}
