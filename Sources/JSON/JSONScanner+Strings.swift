extension JSONScanner {
    /// Reads a key and its colon.
    func readKey(_ position: inout Int) throws(Fault) -> String {
        let (start, (end, hasEscapes)) = (position, try endOfKey(from: position))
        position = end
        try skipColon(&position)
        return text(start + 1..<end - 1, hasEscapes: hasEscapes)
    }

    /// Returns the position after the key that begins at a position.
    @inline(__always)
    func endOfKey(from start: Int) throws(Fault) -> (end: Int, hasEscapes: Bool) {
        guard start < bytes.count, bytes[start] == UInt8(ascii: "\"") || bytes[start] == UInt8(ascii: "'") else {
            throw unexpected(at: start, "a name in quotes is expected")
        }
        return try endOfString(from: start)
    }

    /// Skips a colon and the space around it.
    @inline(__always)
    func skipColon(_ position: inout Int) throws(Fault) {
        try skipSpace(&position)
        guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else {
            throw unexpected(at: position, "a ':' is expected after a name")
        }
        position += 1
        try skipSpace(&position)
    }

    /// Reads the text whose opening quote is at the position.
    func readString(_ position: inout Int) throws(Fault) -> String {
        let (end, hasEscapes) = try endOfString(from: position)
        defer { position = end }
        return text(position + 1..<end - 1, hasEscapes: hasEscapes)
    }

    /// Returns the position after the text that begins at a quote.
    @inline(__always)
    func endOfString(from start: Int) throws(Fault) -> (end: Int, hasEscapes: Bool) {
        let quote = bytes[start]
        var position = start + 1
        while position < bytes.count {
            let byte = bytes[position]
            if byte == quote { return (position + 1, false) }
            if byte == UInt8(ascii: "\\") { return (try endOfEscapedString(from: position, start: start), true) }
            position += 1
        }
        throw unclosed(start)
    }

    @inline(never)
    private func endOfEscapedString(from place: Int, start: Int) throws(Fault) -> Int {
        let quote = bytes[start]
        var position = place
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == quote { return position }
            guard byte == UInt8(ascii: "\\") else { continue }
            guard position < bytes.count else { break }
            switch bytes[position] {
            case UInt8(ascii: "u"):
                guard position + 4 < bytes.count else { throw unclosed(start) }
                guard codeUnit(at: position + 1) != nil else {
                    throw Fault(place: position, reason: "a string has '\\u' without four hexadecimal digits")
                }
            case UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"),
                UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "\""), UInt8(ascii: "'"):
                break
            default:
                throw Fault(place: position, reason: "a string has a '\\' before a character that cannot be escaped")
            }
            position += 1
        }
        throw unclosed(start)
    }

    @inline(never)
    private func unclosed(_ start: Int) -> Fault {
        Fault(place: start, reason: "the text ends too early: a '\(Unicode.Scalar(bytes[start]))' is not closed")
    }

    /// Returns the well-formed text between two quotes.
    @inline(__always)
    private func text(_ range: Range<Int>, hasEscapes: Bool) -> String {
        hasEscapes
            ? unescaped(range) : String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }

    @inline(never)
    private func unescaped(_ range: Range<Int>) -> String {
        var units: [UInt8] = []
        units.reserveCapacity(range.count)
        var position = range.lowerBound
        while position < range.upperBound {
            let byte = bytes[position]
            position += 1
            guard byte == UInt8(ascii: "\\") else {
                units.append(byte)
                continue
            }
            position += 1
            if bytes[position - 1] == UInt8(ascii: "u") {
                if let encoded = UTF8.encode(scalar(&position)) { units.append(contentsOf: encoded) }
            } else {
                units.append(Self.escaped(bytes[position - 1]))
            }
        }
        return String(decoding: units, as: UTF8.self)
    }

    /// Reads the character whose hexadecimal digits are at the position; of a surrogate pair both are consumed.
    private func scalar(_ position: inout Int) -> Unicode.Scalar {
        guard let unit = codeUnit(at: position) else { return "\u{fffd}" }
        position += 4
        if let scalar = Unicode.Scalar(unit) { return scalar }
        // A text has a closing quote, so this byte exists; and the bytes after '\' have been checked.
        guard unit < 0xdc00, bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u"),
            let second = codeUnit(at: position + 2), (0xdc00...0xdfff).contains(second)
        else { return "\u{fffd}" }
        position += 6
        let code = 0x10000 + (UInt32(unit) - 0xd800) << 10 + (UInt32(second) - 0xdc00)
        return Unicode.Scalar(code) ?? "\u{fffd}"
    }

    /// Returns the value of four hexadecimal digits; nil when they are not digits.
    private func codeUnit(at place: Int) -> UInt16? {
        guard place + 4 <= bytes.count else { return nil }
        var unit: UInt16 = 0
        for byte in bytes[place..<place + 4] {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): unit = unit << 4 | UInt16(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): unit = unit << 4 | UInt16(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): unit = unit << 4 | UInt16(byte - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        return unit
    }

    private static func escaped(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0c
        case UInt8(ascii: "n"): 0x0a
        case UInt8(ascii: "r"): 0x0d
        case UInt8(ascii: "t"): 0x09
        default: letter
        }
    }
}
