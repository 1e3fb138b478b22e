extension JSONValue {
    /// A member of an object.
    ///
    /// - Throws: ``JSONError`` when this is not an object or has no such member.
    public subscript(_ key: String) -> JSONValue {
        get throws(JSONError) {
            guard let value = try object()[key] else { throw JSONError(path: key, reason: "is missing") }
            return value
        }
    }

    /// Returns a member of an object; nil when this is not an object, has no such member, or the member is `null`.
    public func optional(_ key: String) -> JSONValue? {
        guard case .object(let object) = self, let value = object[key], value != .null else { return nil }
        return value
    }

    /// Returns a whole number; `3.0` is accepted.
    public func integer() throws(JSONError) -> Int {
        switch self {
        case .integer(let value): return value
        case .number(let value):
            if let whole = Int(exactly: value) { return whole }
            throw mismatch("a whole number")
        default: throw mismatch("a whole number")
        }
    }

    /// Returns any number.
    public func number() throws(JSONError) -> Double {
        switch self {
        case .integer(let value): return Double(value)
        case .number(let value): return value
        default: throw mismatch("a number")
        }
    }

    /// Returns text.
    public func string() throws(JSONError) -> String {
        guard case .string(let value) = self else { throw mismatch("text") }
        return value
    }

    /// Returns `true` or `false`.
    public func bool() throws(JSONError) -> Bool {
        guard case .bool(let value) = self else { throw mismatch("true or false") }
        return value
    }

    /// Returns the elements of a list.
    public func array() throws(JSONError) -> [JSONValue] {
        guard case .array(let value) = self else { throw mismatch("a list") }
        return value
    }

    /// Returns the members of an object.
    public func object() throws(JSONError) -> JSONObject {
        guard case .object(let value) = self else { throw mismatch("an object") }
        return value
    }

    /// Returns a list of numbers.
    public func numbers() throws(JSONError) -> [Double] {
        try elements { value throws(JSONError) in try value.number() }
    }

    /// Returns a list of whole numbers.
    public func integers() throws(JSONError) -> [Int] {
        try elements { value throws(JSONError) in try value.integer() }
    }

    /// Returns a list of texts.
    public func strings() throws(JSONError) -> [String] {
        try elements { value throws(JSONError) in try value.string() }
    }

    private func elements<Element>(
        _ read: (JSONValue) throws(JSONError) -> Element
    ) throws(JSONError) -> [Element] {
        let values = try array()
        var result: [Element] = []
        result.reserveCapacity(values.count)
        for (index, value) in values.enumerated() {
            do { result.append(try read(value)) } catch {
                var located = error
                located.path = "[\(index)]" + error.path
                throw located
            }
        }
        return result
    }

    private func mismatch(_ expected: String) -> JSONError {
        JSONError(reason: "should be \(expected), not \(shown)")
    }

    /// The value as shown in messages: short values in full, others by kind.
    private var shown: String {
        switch self {
        case .array, .object: kind
        case .string(let value) where value.count > 40: kind
        default: text(pretty: false)
        }
    }
}
