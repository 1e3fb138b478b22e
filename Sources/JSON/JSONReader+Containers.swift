extension JSONReader {
    /// Reads an object member by member, in the document's order.
    ///
    /// - Parameter member: Reads the value of a key, or leaves it to be skipped.
    /// - Throws: ``JSONError`` when the value is not an object or not valid JSON; and errors of the closure, with the key before their
    ///   path.
    public mutating func object(
        _ member: (_ key: String, _ reader: inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        _ = try members { key, reader throws(JSONError) in
            try member(key, &reader)
            return true
        }
    }

    /// Reads an object until the closure stops; see ``object(_:)``.
    ///
    /// A stopped reader is somewhere within the object: either it is not used any more, or it is in the closure of an outer level,
    /// which skips the rest of its value.
    ///
    /// - Parameter member: Reads the value of a key, or leaves it to be skipped; false stops the reader.
    /// - Returns: Whether the whole object was read.
    public mutating func members(
        while member: (_ key: String, _ reader: inout JSONReader) throws(JSONError) -> Bool
    ) throws(JSONError) -> Bool {
        try require(.object, "an object")
        guard try enter(close: UInt8(ascii: "}")) else { return true }
        let level = depth
        repeat {
            let key = try scan { scanner, position throws(JSONScanner.Fault) in try scanner.readKey(&position) }
            let start = offset
            do {
                if try !member(key, &self) { return false }
                try finishValue(from: start, level)
            } catch { throw located(error, start: start, key: key) }
        } while try continues(close: UInt8(ascii: "}"))
        depth -= 1
        return true
    }

    /// Reads a list, element by element.
    ///
    /// - Parameter element: Reads the element of an index, or leaves it to be skipped.
    /// - Throws: ``JSONError`` when the value is not a list or not valid JSON; and errors of the closure, with the index before their
    ///   path.
    public mutating func array(
        _ element: (_ index: Int, _ reader: inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        _ = try elements { index, reader throws(JSONError) in
            try element(index, &reader)
            return true
        }
    }

    /// Reads a list until the closure stops; see ``array(_:)`` and ``members(while:)``.
    ///
    /// - Returns: Whether the whole list was read.
    public mutating func elements(
        while element: (_ index: Int, _ reader: inout JSONReader) throws(JSONError) -> Bool
    ) throws(JSONError) -> Bool {
        try require(.array, "a list")
        guard try enter(close: UInt8(ascii: "]")) else { return true }
        let level = depth
        var index = 0
        repeat {
            let start = offset
            do {
                if try !element(index, &self) { return false }
                try finishValue(from: start, level)
            } catch { throw located(error, start: start, key: "[\(index)]") }
            index += 1
        } while try continues(close: UInt8(ascii: "]"))
        depth -= 1
        return true
    }

    /// Enters a list or an object; returns false when it is empty and has thus been read.
    private mutating func enter(close: UInt8) throws(JSONError) -> Bool {
        let level = depth
        let hasElements = try scan { scanner, position throws(JSONScanner.Fault) in
            try scanner.opens(&position, close: close, depth: level)
        }
        if hasElements { depth += 1 }
        return hasElements
    }

    /// Moves to the next element; returns false when there is none and the reader is past the end.
    @inline(__always)
    private mutating func continues(close: UInt8) throws(JSONError) -> Bool {
        try scan { scanner, position throws(JSONScanner.Fault) in try scanner.continues(&position, close: close) }
    }

    /// Skips the part of a value that a closure did not read.
    private mutating func finishValue(from start: Int, _ level: Int) throws(JSONError) {
        // A different depth means that the closure caught an error, or stopped, at an inner level.
        if depth != level || offset < start {
            depth = level
            offset = start
        }
        if offset == start { try skip() }
    }

    private mutating func located(_ error: JSONError, start: Int, key: String) -> JSONError {
        var error = error
        let key = key.utf8.count > 80 ? String(key.prefix(80)) : key
        error.path = key + (error.path.isEmpty || error.path.hasPrefix("[") ? "" : ".") + error.path
        if error.file.isEmpty { error.file = file }
        if error.line == nil { error.line = line(at: start) }
        return error
    }
}
