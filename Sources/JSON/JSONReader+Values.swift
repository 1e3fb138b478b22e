extension JSONReader {
    /// Runs over the next value, whatever it is.
    public mutating func skip() throws(JSONError) {
        _ = try kind()
        let depth = depth
        try scan { scanner, position throws(JSONScanner.Fault) in try scanner.skipValue(&position, depth: depth) }
    }

    /// Reads a value with all that is in it; for small ones. Numbers may be NaN or infinite.
    ///
    /// - Throws: ``JSONError`` when this is no JSON.
    public mutating func value() throws(JSONError) -> JSONValue {
        _ = try kind()
        let depth = depth
        return try scan { scanner, position throws(JSONScanner.Fault) in
            try scanner.readValue(&position, depth: depth)
        }
    }

    /// Reads text.
    ///
    /// - Throws: ``JSONError`` when this is no text, which is then left where it is.
    public mutating func string() throws(JSONError) -> String {
        try require(.string, "text")
        return try scan { scanner, position throws(JSONScanner.Fault) in try scanner.readString(&position) }
    }

    /// Reads `true` or `false`.
    ///
    /// - Throws: ``JSONError`` when this is neither, and then it is left where it is.
    public mutating func bool() throws(JSONError) -> Bool {
        try require(.bool, "true or false")
        let isTrue = bytes[offset] | 0x20 == UInt8(ascii: "t")
        try skip()
        return isTrue
    }

    /// Reads a number: the nearest `Double`.
    ///
    /// - Throws: ``JSONError`` when this is no number, which is then left where it is.
    public mutating func number() throws(JSONError) -> Double {
        try require(.number, "a number")
        return try scan { scanner, position throws(JSONScanner.Fault) in
            let start = position
            position = try scanner.endOfNumber(from: start)
            return scanner.number(start..<position).value
        }
    }

    /// Reads a whole number, exactly; `3.0` is one, too.
    ///
    /// - Throws: ``JSONError`` when this is something else, or does not fit 64 bits; it is then left where it is.
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

    /// Reads a list of numbers, or of lists of them and so on, without building it: COCO's polygons, for one.
    ///
    /// - Parameter use: Is handed the numbers in their order.
    /// - Returns: How many elements are neither numbers nor lists; they are skipped.
    /// - Throws: ``JSONError`` when this is no list, which is then left where it is, or no JSON.
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
