/// The grammar of ``JSONReader``. Skipped values are checked like values that are read.
struct JSONScanner {
    /// An error and its position in bytes.
    struct Fault: Error {
        var place: Int
        var reason: String
    }

    let bytes: UnsafeBufferPointer<UInt8>

    var endsEarly: Fault { Fault(place: bytes.count, reason: "the text ends too early") }

    /// Reports an unexpected byte.
    func unexpected(at place: Int, _ expected: String) -> Fault {
        guard place < bytes.count else { return endsEarly }
        switch bytes[place] {
        case 0: return Fault(place: place, reason: "\(expected), not a zero byte")
        case 0x21...0x7e: return Fault(place: place, reason: "\(expected), not '\(Unicode.Scalar(bytes[place]))'")
        default: return Fault(place: place, reason: expected)
        }
    }

    /// Skips white space and comments.
    @inline(__always)
    func skipSpace(_ position: inout Int) throws(Fault) {
        if position < bytes.count, bytes[position] > 0x20, bytes[position] != UInt8(ascii: "/") { return }
        try skipLongSpace(&position)
    }

    @inline(never)
    private func skipLongSpace(_ position: inout Int) throws(Fault) {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0a, 0x0d: position += 1
            case UInt8(ascii: "/") where position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "/"):
                while position < bytes.count, bytes[position] != 0x0a { position += 1 }
            case UInt8(ascii: "/") where position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "*"):
                position = try endOfComment(from: position)
            default: return
            }
        }
    }

    private func endOfComment(from start: Int) throws(Fault) -> Int {
        var position = start + 3
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "/"), bytes[position - 1] == UInt8(ascii: "*") { return position + 1 }
            position += 1
        }
        throw Fault(place: start, reason: "a comment is not closed")
    }

    /// Enters the list or object at the position; returns false when it is empty and the position is after it.
    @inline(__always)
    func opens(_ position: inout Int, close: UInt8, depth: Int) throws(Fault) -> Bool {
        guard depth < JSONValue.maximumDepth else {
            throw Fault(
                place: position, reason: "lists and objects are nested more than \(JSONValue.maximumDepth) deep")
        }
        position += 1
        try skipSpace(&position)
        guard position < bytes.count else { throw endsEarly }
        guard bytes[position] == close else { return true }
        position += 1
        return false
    }

    /// Moves past an element: returns true when there is another one, false after the end of the list or object.
    @inline(__always)
    func continues(_ position: inout Int, close: UInt8) throws(Fault) -> Bool {
        try skipSpace(&position)
        guard position < bytes.count else { throw endsEarly }
        if bytes[position] == UInt8(ascii: ",") {
            position += 1
            try skipSpace(&position)
            guard position < bytes.count else { throw endsEarly }
            guard bytes[position] == close else { return true }
        } else if bytes[position] != close {
            throw unexpected(at: position, "a ',' or '\(Unicode.Scalar(close))' is expected")
        }
        position += 1
        return false
    }

    /// Skips a value.
    func skipValue(_ position: inout Int, depth: Int) throws(Fault) {
        guard position < bytes.count else { throw endsEarly }
        switch bytes[position] {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): position = try endOfNumber(from: position)
        case UInt8(ascii: "["):
            guard try opens(&position, close: UInt8(ascii: "]"), depth: depth) else { return }
            repeat {
                try skipValue(&position, depth: depth + 1)
            } while try continues(
                &position, close: UInt8(ascii: "]"))
        case UInt8(ascii: "{"):
            guard try opens(&position, close: UInt8(ascii: "}"), depth: depth) else { return }
            repeat {
                position = try endOfKey(from: position).end
                try skipColon(&position)
                try skipValue(&position, depth: depth + 1)
            } while try continues(&position, close: UInt8(ascii: "}"))
        case UInt8(ascii: "\""), UInt8(ascii: "'"): position = try endOfString(from: position).end
        case UInt8(ascii: "t"), UInt8(ascii: "T"): try skipWord("true", &position)
        case UInt8(ascii: "f"), UInt8(ascii: "F"): try skipWord("false", &position)
        case UInt8(ascii: "n"), UInt8(ascii: "N"):
            let isNumber = position + 1 < bytes.count && bytes[position + 1] | 0x20 == UInt8(ascii: "a")
            try skipWord(isNumber ? "nan" : "null", &position)
        case UInt8(ascii: "-"), UInt8(ascii: "i"), UInt8(ascii: "I"): position = try endOfNumber(from: position)
        default: throw unexpected(at: position, "a value is expected")
        }
    }

    /// Skips a word, in upper or lower case.
    func skipWord(_ word: StaticString, _ position: inout Int) throws(Fault) {
        let start = position
        for index in 0..<word.utf8CodeUnitCount {
            guard position < bytes.count else { throw endsEarly }
            guard bytes[position] | 0x20 == word.utf8Start[index] else {
                throw Fault(place: start, reason: "a value is expected, not a word unknown to JSON")
            }
            position += 1
        }
    }
}

extension JSONScanner {
    /// Returns the kind of the value at the position, after white space.
    func kind(_ position: inout Int) throws(Fault) -> JSONReader.Kind {
        try skipSpace(&position)
        guard position < bytes.count else { throw endsEarly }
        if isNumber(at: position) { return .number }
        switch bytes[position] {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"): return .bool
        case UInt8(ascii: "n"), UInt8(ascii: "N"): return .null
        default: throw unexpected(at: position, "a value is expected")
        }
    }
}
