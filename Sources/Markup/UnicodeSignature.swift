/// Recognizes Unicode encodings by a text's first bytes.
enum UnicodeSignature {
    /// Returns the encoding of the byte order mark, or the one in which the first characters are ASCII with zero bytes between.
    static func encoding(of bytes: [UInt8]) -> String? {
        let head = Array(bytes.prefix(4))
        let marks: [(bytes: [UInt8], encoding: String)] = [
            // UTF-32 first: its mark begins like that of UTF-16.
            ([0xff, 0xfe, 0, 0], "UTF-32LE"), ([0, 0, 0xfe, 0xff], "UTF-32BE"), ([0xff, 0xfe], "UTF-16LE"),
            ([0xfe, 0xff], "UTF-16BE"),
        ]
        for mark in marks where head.starts(with: mark.bytes) { return mark.encoding }
        guard head.count == 4 else { return head.count == 2 ? short(head) : nil }
        switch head.map({ $0 == 0 }) {
        case [false, true, true, true]: return "UTF-32LE"
        case [true, true, true, false]: return "UTF-32BE"
        case [false, true, false, true]: return "UTF-16LE"
        case [true, false, true, false]: return "UTF-16BE"
        default: return nil
        }
    }

    private static func short(_ head: [UInt8]) -> String? {
        head[1] == 0 && head[0] != 0 ? "UTF-16LE" : head[0] == 0 && head[1] != 0 ? "UTF-16BE" : nil
    }
}

/// The declaration at the head of an XML document: `<?xml version="1.0" encoding="UTF-8"?>`.
enum XMLDeclaration {
    /// Returns the declared encoding; nil when there is none. White space before the declaration is skipped.
    static func encoding(in bytes: [UInt8]) -> String? {
        var head = bytes.prefix(1000)[...]
        if head.starts(with: [0xef, 0xbb, 0xbf]) { head = head.dropFirst(3) }
        head = head.drop { isSpace($0) }
        guard head.starts(with: "<?xml".utf8), let end = head.firstIndex(of: UInt8(ascii: ">")) else { return nil }
        let declaration = head[head.startIndex + 5..<end]
        guard let word = declaration.firstRange(of: "encoding".utf8) else { return nil }
        var rest = declaration[word.upperBound...].drop { isSpace($0) }
        guard rest.popFirst() == UInt8(ascii: "=") else { return nil }
        rest = rest.drop { isSpace($0) }
        guard let quote = rest.popFirst(), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"),
            let close = rest.firstIndex(of: quote)
        else { return nil }
        let name = String(decoding: rest[..<close], as: UTF8.self).split { " \t\r\n".contains($0) }
        return name.first.map(String.init)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
}
