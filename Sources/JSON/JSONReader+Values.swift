extension JSONReader {
    /// Skips the next value of any kind.
    public mutating func skip() throws(JSONError) {
        _ = try kind()
        let depth = depth
        try scan { scanner, position throws(JSONScanner.Fault) in try scanner.skipValue(&position, depth: depth) }
    }

    /// Reads a whole value; intended for small ones. Numbers may be NaN or infinite.
    ///
    /// - Throws: ``JSONError`` when the value is not valid JSON.
    public mutating func value() throws(JSONError) -> JSONValue {
        _ = try kind()
        let depth = depth
        return try scan { scanner, position throws(JSONScanner.Fault) in
            try scanner.readValue(&position, depth: depth)
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
