import Foundation
import JSON
import TestSupport
import Testing

@Suite struct JSONSizeTests {
    private func read<Result>(
        _ text: String, _ body: (inout JSONReader) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        let bytes = Array(text.utf8)
        let result = bytes.withUnsafeBytes { bytes in
            Swift.Result { () throws(JSONError) in
                var reader = JSONReader(bytes)
                return try body(&reader)
            }
        }
        return try result.get()
    }

    /// The file is all hole: it takes no room, and reading it would take minutes and gigabytes.
    @Test func aHugeFileIsRefusedByItsSize() throws {
        let folder = try TemporaryFolder()
        let url = try folder.write("", to: "huge.json")
        #expect(truncate(url.path, 3 << 30) == 0)
        #expect(
            throws: JSONError(
                file: url.path, reason: "it is larger than 16 MB, the most that is read of such a document")
        ) { try JSONValue(contentsOf: url) }
        #expect(throws: JSONError.self) { try JSONValue.requireSize(of: url, name: "huge") }
        #expect(throws: Never.self) { try JSONValue.requireSize(of: folder.file("missing"), name: "missing") }
    }

    @Test func textOfTheGreatestLengthIsRead() throws {
        let text = "[" + String(repeating: " ", count: JSONValue.maximumBytes - 2) + "]"
        #expect(try JSONValue(parsing: text) == [])
        #expect(throws: JSONError.self) { try JSONValue(parsing: text + " ") }
    }

    @Test func aValueHasAGreatestLength() throws {
        for (text, limit) in [("[1, 2, 3] ", 9), ("\"abcdef\" ", 8), ("{\"a\": null}", 11), ("12345 ", 5)] {
            let expected = try JSONValue(parsing: text)
            #expect(try read(text) { (reader) throws(JSONError) in try reader.value(maximumBytes: limit) } == expected)
            #expect(try read(text) { (reader) throws(JSONError) in try reader.value() } == expected)
            for short in 0..<limit {
                let error = #expect(throws: JSONError.self) {
                    try read(text) { (reader) throws(JSONError) in try reader.value(maximumBytes: short) }
                }
                #expect(error?.reason == "a single value takes more than \(short) bytes", "\(text), \(short)")
            }
        }
        // Faults within the limit remain what they are.
        let fault = #expect(throws: JSONError.self) {
            try read("[1, x, 2, 3]") { (reader) throws(JSONError) in try reader.value(maximumBytes: 8) }
        }
        #expect(fault?.reason.contains("expected") == true)
    }

    @Test func scalarsAreReadAndContainersSkipped() throws {
        let text = "[7, \"a\", null, [1, [2]], {\"b\": 3}, true]"
        let values = try read(text) { (reader) throws(JSONError) in
            var values: [JSONValue?] = []
            try reader.array { (_, reader) throws(JSONError) in values.append(try reader.scalar()) }
            return values
        }
        #expect(values == [7, "a", .null, nil, nil, true])
    }

    @Test(arguments: [[], [["a": 1]], [["a": [1, 2], "b": ["c": "d"]], ["e": nil], [[1]]]] as [[JSONValue]])
    func aListInPiecesIsTheWholeList(entries: [JSONValue]) {
        var list = JSONListText()
        var text = ""
        for entry in entries { text += list.adding(entry) }
        text += list.end
        #expect(text == JSONValue.array(entries).text(pretty: true) + "\n")
    }
}
