import Foundation
import JSON
import Testing

/// Runs a closure on a reader of a text.
private func reading<Result>(
    _ bytes: [UInt8], file: String = "", _ body: (inout JSONReader) throws(JSONError) -> Result
) throws(JSONError) -> Result {
    try bytes.withUnsafeBufferPointer { bytes throws(JSONError) in
        var reader = JSONReader(UnsafeRawBufferPointer(bytes), file: file)
        return try body(&reader)
    }
}

private func reading<Result>(
    _ text: String, file: String = "", _ body: (inout JSONReader) throws(JSONError) -> Result
) throws(JSONError) -> Result {
    try reading(Array(text.utf8), file: file, body)
}

/// Returns the whole document as a tree.
private func document(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
    try reading(bytes) { reader throws(JSONError) in
        let value = try reader.value()
        try reader.end()
        return value
    }
}

private func document(_ text: String) throws(JSONError) -> JSONValue { try document(Array(text.utf8)) }

/// Returns the whole document as a tree, read by closures.
private func streamed(_ reader: inout JSONReader) throws(JSONError) -> JSONValue {
    switch try reader.kind() {
    case .null:
        try reader.skip()
        return .null
    case .bool: return .bool(try reader.bool())
    case .string: return .string(try reader.string())
    case .number:
        if let integer = try? reader.integer() { return .integer(integer) }
        return .number(try reader.number())
    case .array:
        var values: [JSONValue] = []
        try reader.array { index, reader throws(JSONError) in
            #expect(index == values.count)
            values.append(try streamed(&reader))
        }
        return .array(values)
    case .object:
        var object = JSONObject()
        try reader.object { key, reader throws(JSONError) in object[key] = try streamed(&reader) }
        return .object(object)
    }
}

private let sample = """
    {"info": {"a": [1, {}]}, "images": [{"id": 7, "name": "ä\\n"}, {"id": 8}], // comment
     "flags": [true, null, []], "last": -1.5e-3}
    """

@Suite struct JSONReaderTests {
    @Test func membersAndElementsComeInTheirOrder() throws {
        var seen: [String] = []
        try reading(sample) { reader throws(JSONError) in
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
        #expect(seen == ["info", "images", "0: 7", "ä\n", "1: 8", "flags", "last"])
    }

    @Test func kindsAreToldBeforeValuesAreRead() throws {
        let kinds: [JSONReader.Kind] = [.null, .bool, .number, .number, .number, .string, .array, .object]
        try reading("[null, false, -1, NaN, Infinity, \"x\", [], {}]") { reader throws(JSONError) in
            try reader.array { index, reader throws(JSONError) in
                #expect(try reader.kind() == kinds[index])
                #expect(try reader.kind() == kinds[index])
            }
        }
    }

    @Test func anEmptyDocumentHasNoValue() {
        for text in ["", " ", "\u{feff}", "// nothing"] {
            #expect(throws: JSONError(line: 1, reason: "the text ends too early")) {
                try reading(text) { reader throws(JSONError) in try reader.kind() }
            }
        }
        #expect(throws: JSONError.self) {
            var reader = JSONReader(UnsafeRawBufferPointer(start: nil, count: 0), file: "")
            return try reader.value()
        }
    }

    @Test func byteOrderMarksAndRepairs() throws {
        #expect(try document([0xef, 0xbb, 0xbf] + Array("[1]".utf8)) == [1])
        #expect(try document([0x22, 0x61, 0xff, 0x62, 0xc3, 0x22]) == "a\u{fffd}b\u{fffd}")
        #expect(throws: JSONError.self) { try document([0xff, 0xfe, 0x5b, 0, 0x5d, 0]) }
        #expect(throws: JSONError(line: 1, reason: "a value is expected, not a zero byte")) { try document([0, 0x5b]) }
    }

    @Test func aReaderStopsWhereItIsTold() throws {
        var keys: [String] = []
        try reading("[{\"a\": {\"b\": [1, 2, 3]}, \"c\": 1}, 7]") { reader throws(JSONError) in
            try reader.array { index, reader throws(JSONError) in
                if index == 1 {
                    #expect(try reader.integer() == 7)
                    return
                }
                let isWhole = try reader.members { key, reader throws(JSONError) in
                    keys.append(key)
                    let isWhole = try reader.members { _, reader throws(JSONError) in
                        try reader.elements { index, _ throws(JSONError) in index < 1 }
                    }
                    #expect(!isWhole)
                    return false
                }
                #expect(!isWhole)
            }
            try reader.end()
        }
        #expect(keys == ["a"])
        #expect(try reading("{}") { reader throws(JSONError) in try reader.members { _, _ in false } })
    }

    @Test func whatAClosureCatchesIsSkipped() throws {
        var (numbers, faults) = ([Double](), [JSONError]())
        try reading("[{\"x\": [1, \"no\", 3]},\n {\"x\": \"no\"}, {\"x\": [4], \"y\": 0}]") {
            reader throws(JSONError) in
            try reader.array { _, reader throws(JSONError) in
                do throws(JSONError) {
                    try reader.object { key, reader throws(JSONError) in
                        if key == "y" { throw JSONError(reason: "unwanted") }
                        try reader.array { _, reader throws(JSONError) in numbers.append(try reader.number()) }
                    }
                } catch { faults.append(error) }
            }
            try reader.end()
        }
        #expect(numbers == [1, 4])
        #expect(faults.map(\.path) == ["x[1]", "x", "y"])
        #expect(faults.map(\.line) == [1, 2, 2])
    }

    @Test func syntaxErrorsDoNotGetLost() {
        // Even if a closure catches everything, an error that makes the rest unreadable is thrown.
        #expect(throws: JSONError.self) {
            try reading("[[1, 2, {\"a\" 1}], 3]") { reader throws(JSONError) in
                try reader.array { _, reader throws(JSONError) in
                    _ = try? reader.array { _, reader throws(JSONError) in _ = try? reader.value() }
                }
            }
        }
    }
}

@Suite struct JSONReaderErrorTests {
    @Test func errorsKnowTheirPlace() {
        let text = "{\"annotations\": [{},\n {\"bbox\": [1, 2,\n \"x\"]}]}"
        let expected = JSONError(
            file: "x.json", path: "annotations[1].bbox[2]", line: 3, reason: "should be a number, not text")
        #expect(throws: expected) {
            try reading(text, file: "x.json") { reader throws(JSONError) in
                try reader.object { _, reader throws(JSONError) in
                    try reader.array { _, reader throws(JSONError) in
                        try reader.object { _, reader throws(JSONError) in
                            try reader.array { _, reader throws(JSONError) in _ = try reader.number() }
                        }
                    }
                }
            }
        }
    }

    @Test(arguments: [
        ("{\n\"a\" 1}", 2, "a ':' is expected after a name, not '1'"),
        ("{\n\n b: 2}", 3, "a name in quotes is expected, not 'b'"),
        ("[1\n2]", 2, "a ',' or ']' is expected, not '2'"), ("{\"a\": 1]", 1, "a ',' or '}' is expected, not ']'"),
        ("[\n,1]", 2, "a value is expected, not ','"), ("[1] 2", 1, "there is more text after the end of the document"),
        ("[\n\"open]", 2, "the text ends too early: a '\"' is not closed"), ("[1,\n", 2, "the text ends too early"),
        ("\"\\x\"", 1, "a string has a '\\' before a character that cannot be escaped"),
        ("\"\\u12g4\"", 1, "a string has '\\u' without four hexadecimal digits"),
        ("[-]", 1, "a number is not well-formed"), ("[1e]", 1, "a number is not well-formed"),
        ("[.5]", 1, "a value is expected, not '.'"), ("/* x", 1, "a comment is not closed"),
        ("nul\n", 1, "a value is expected, not a word unknown to JSON"),
    ])
    func faultsAreSentences(text: String, line: Int, reason: String) {
        #expect(throws: JSONError(line: line, reason: reason)) { try document(text) }
        #expect(throws: JSONError(line: line, reason: reason)) {
            try reading(text) { reader throws(JSONError) in
                try reader.skip()
                try reader.end()
            }
        }
    }

    @Test func linesAreFoundForwardsAndBackwards() throws {
        let text = "[\n1,\n\n[2,\n3],\n\n4]\n"
        #expect(throws: JSONError(path: "[1]", line: 4, reason: "stop")) {
            try reading(text) { reader throws(JSONError) in
                try reader.array { index, reader throws(JSONError) in
                    try reader.skip()
                    #expect(reader.line == [2, 5][index])
                    if index == 1 { throw JSONError(reason: "stop") }
                }
            }
        }
        try reading(text) { reader throws(JSONError) in
            var lines: [Int] = []
            try reader.array { _, reader throws(JSONError) in
                lines.append(reader.line)
                try reader.skip()
            }
            #expect(lines == [2, 4, 7])
            #expect(reader.offset == text.utf8.count - 1)
        }
    }

    @Test func everyTruncationIsAnError() throws {
        let bytes = Array(sample.utf8)
        _ = try document(bytes)
        for length in 0..<bytes.count {
            #expect(throws: JSONError.self) { try document(Array(bytes[..<length])) }
            #expect(throws: JSONError.self) {
                try reading(Array(bytes[..<length])) { reader throws(JSONError) in try reader.skip() }
            }
            #expect(throws: JSONError.self) { try reading(Array(bytes[..<length]), streamed) }
        }
    }

    @Test func depthHasALimit() throws {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let whole = { String(repeating: open, count: $0) + "1" + String(repeating: close, count: $0) }
            _ = try document(whole(128))
            _ = try reading(whole(128), streamed)
            for text in [whole(129), whole(100_000), String(repeating: open, count: 1_000_000)] {
                let reason = "lists and objects are nested more than 128 deep"
                #expect { try document(text) } throws: { ($0 as? JSONError)?.reason == reason }
                #expect { try reading(text, streamed) } throws: { ($0 as? JSONError)?.reason == reason }
                #expect {
                    try reading(text) { reader throws(JSONError) in try reader.skip() }
                } throws: {
                    ($0 as? JSONError)?.reason == reason
                }
            }
        }
    }

    @Test func longKeysAreCutInPaths() {
        let text = "{\"\(String(repeating: "k", count: 1_000_000))\": x}"
        #expect { try reading(text, streamed) } throws: { ($0 as? JSONError)?.path.count == 80 }
    }
}
