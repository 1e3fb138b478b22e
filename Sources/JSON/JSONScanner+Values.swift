extension JSONScanner {
    /// Reads the whole value at the position.
    func readValue(_ position: inout Int, depth: Int) throws(Fault) -> JSONValue {
        guard position < bytes.count else { throw endsEarly }
        let start = position
        switch bytes[position] {
        case UInt8(ascii: "["): return .array(try readArray(&position, depth: depth))
        case UInt8(ascii: "{"): return .object(try readObject(&position, depth: depth))
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return .string(try readString(&position))
        default:
            try skipValue(&position, depth: depth)
            if isNumber(at: start) {
                let number = number(start..<position)
                return number.integer.map { .integer($0) } ?? .number(number.value)
            }
            switch bytes[start] | 0x20 {
            case UInt8(ascii: "t"): return .bool(true)
            case UInt8(ascii: "f"): return .bool(false)
            default: return .null
            }
        }
    }

    private func readArray(_ position: inout Int, depth: Int) throws(Fault) -> [JSONValue] {
        guard try opens(&position, close: UInt8(ascii: "]"), depth: depth) else { return [] }
        var values: [JSONValue] = []
        repeat {
            values.append(try readValue(&position, depth: depth + 1))
        } while try continues(&position, close: UInt8(ascii: "]"))
        return values
    }

    private func readObject(_ position: inout Int, depth: Int) throws(Fault) -> JSONObject {
        guard try opens(&position, close: UInt8(ascii: "}"), depth: depth) else { return JSONObject() }
        var object = JSONObject()
        repeat {
            let key = try readKey(&position)
            object[key] = try readValue(&position, depth: depth + 1)
        } while try continues(&position, close: UInt8(ascii: "}"))
        return object
    }
}
