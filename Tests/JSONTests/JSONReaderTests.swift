import JSON
import Testing

/// Runs a closure on a reader of a text.
func reading<Result>(
    _ text: String, file: String = "", _ body: (inout JSONReader) throws(JSONError) -> Result
) throws(JSONError) -> Result {
    try Array(text.utf8).withUnsafeBufferPointer { bytes throws(JSONError) in
        var reader = JSONReader(UnsafeRawBufferPointer(bytes), file: file)
        return try body(&reader)
    }
}

/// The whole document as a tree.
func document(_ text: String) throws(JSONError) -> JSONValue {
    try reading(text) { reader throws(JSONError) in
        let value = try reader.value()
        try reader.end()
        return value
    }
}

@Suite struct JSONReaderTests {
    @Test func membersAndElementsComeInTheirOrder() throws {
        var seen: [String] = []
        try reading(#"{"info": {"a": [1]}, "images": [{"id": 7, "name": "ä\n"}, {"id": 8}], "last": true}"#) {
            reader throws(JSONError) in
            try reader.object { key, reader throws(JSONError) in
                seen.append(key)
                guard key == "images" else { return }
                try reader.array { index, reader throws(JSONError) in
                    try reader.object { key, reader throws(JSONError) in
                        switch key {
                        case "id": seen.append("\(index): \(try reader.integer())")
                        case "name": seen.append(try reader.string())
                        default: break
                        }
                    }
                }
            }
            try reader.end()
        }
        #expect(seen == ["info", "images", "0: 7", "ä\n", "1: 8", "last"])
    }

    @Test func errorsKnowTheirPlace() {
        let text = "{\"annotations\": [{},\n {\"bbox\": [1, 2,\n \"x\"]}]}"
        let read = { (reader: inout JSONReader) throws(JSONError) in
            try reader.object { _, reader throws(JSONError) in
                try reader.array { _, reader throws(JSONError) in
                    try reader.object { _, reader throws(JSONError) in
                        try reader.array { _, reader throws(JSONError) in _ = try reader.number() }
                    }
                }
            }
        }
        #expect(
            throws: JSONError(
                file: "x.json", path: "annotations[1].bbox[2]", line: 3, reason: "should be a number, not text")
        ) { try reading(text, file: "x.json", read) }
    }

    @Test(arguments: ["NaN", "Infinity", "-Infinity", "1e999"])
    func numbersThatPythonWritesAreNumbers(text: String) throws {
        let value = try reading("[\(text)]") { reader throws(JSONError) in
            var result = 0.0
            try reader.numbers { result = $0 }
            return result
        }
        #expect(!value.isFinite && value.isNaN == (text == "NaN") && (value < 0) == text.hasPrefix("-"))
    }
}
