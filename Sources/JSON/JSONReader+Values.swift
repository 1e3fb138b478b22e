extension JSONReader {
    /// Skips the next value of any kind.
    public mutating func skip() throws(JSONError) {
        _ = try kind()
        let depth = depth
        try scan { scanner, position throws(JSONScanner.Fault) in try scanner.skipValue(&position, depth: depth) }
    }

    /// The most bytes of a document that ``value(maximumBytes:)`` reads as one value.
    public static let maximumValueBytes = 1 << 20

    /// Reads a whole value; intended for small ones. Numbers may be NaN or infinite.
    ///
    /// - Parameter maximumBytes: The most bytes that the value may take in the document, since a tree takes many times as much memory.
    /// - Throws: ``JSONError`` when the value is longer or not valid JSON.
    public mutating func value(maximumBytes: Int = maximumValueBytes) throws(JSONError) -> JSONValue {
        _ = try kind()
        let depth = depth
        // The scanner sees no more than the value may take, and thus never builds more.
        let limit = min(bytes.count, offset + min(maximumBytes, bytes.count))
        let start = offset
        return try scan { scanner, position throws(JSONScanner.Fault) in
            let short = JSONScanner(bytes: UnsafeBufferPointer(rebasing: scanner.bytes[..<limit]))
            var result: Swift.Result<JSONValue, JSONScanner.Fault>
            do throws(JSONScanner.Fault) {
                result = .success(try short.readValue(&position, depth: depth))
                if position < limit { return try result.get() }
            } catch { result = .failure(error) }
            // At the limit it takes a look beyond to tell a long value from a complete or a faulty one.
            var end = start
            if limit < scanner.bytes.count { try scanner.skipValue(&end, depth: depth) }
            if end <= limit { return try result.get() }
            throw JSONScanner.Fault(place: start, reason: "a single value takes more than \(maximumBytes) bytes")
        }
    }

    /// Reads a value that is neither a list nor an object; those are skipped, and nil is returned.
    public mutating func scalar() throws(JSONError) -> JSONValue? {
        switch try kind() {
        case .array, .object:
            try skip()
            return nil
        default: return try value(maximumBytes: .max)
        }
    }

    /// Reads text.
    ///
    /// - Throws: ``JSONError`` when the value is not text; it is then not consumed.
    public mutating func string() throws(JSONError) -> String {
        try require(.string, "text")
        return try scan { scanner, position throws(JSONScanner.Fault) in try scanner.readString(&position) }
    }

    /// Reads `true` or `false`.
    ///
    /// - Throws: ``JSONError`` when the value is neither; it is then not consumed.
    public mutating func bool() throws(JSONError) -> Bool {
        try require(.bool, "true or false")
        let isTrue = bytes[offset] | 0x20 == UInt8(ascii: "t")
        try skip()
        return isTrue
    }

    /// Reads a number: the nearest `Double`.
    ///
    /// - Throws: ``JSONError`` when the value is not a number; it is then not consumed.
    public mutating func number() throws(JSONError) -> Double {
        try require(.number, "a number")
        return try scan { scanner, position throws(JSONScanner.Fault) in
            let start = position
            position = try scanner.endOfNumber(from: start)
            return scanner.number(start..<position).value
        }
    }

    /// Reads a whole number exactly; `3.0` is accepted.
    ///
    /// - Throws: ``JSONError`` when the value is something else or does not fit 64 bits; it is then not consumed.
    public mutating func integer() throws(JSONError) -> Int {
        try require(.number, "a whole number")
        return try scan { scanner, position throws(JSONScanner.Fault) in
            let start = position
            position = try scanner.endOfNumber(from: start)
            let number = scanner.number(start..<position)
            if let integer = number.integer ?? Int(exactly: number.value) { return integer }
            throw JSONScanner.Fault(place: start, reason: "should be a whole number, not \(number.value)")
        }
    }

    /// Reads a list of numbers, possibly nested, without building it: for example, COCO's polygons.
    ///
    /// - Parameter use: Receives the numbers in order.
    /// - Returns: The number of elements that are neither numbers nor lists; they are skipped.
    /// - Throws: ``JSONError`` when the value is not a list, which is then not consumed, or not valid JSON.
    @discardableResult
    public mutating func numbers(_ use: (Double) -> Void) throws(JSONError) -> Int {
        try require(.array, "a list")
        let depth = depth
        return try scan { scanner, position throws(JSONScanner.Fault) in
            var others = 0
            try scanner.readNumbers(&position, depth: depth, &others, use)
            return others
        }
    }
}
