import Foundation
import JSON
import Testing

@Suite struct JSONParsingTests {
    @Test func valuesComeBackAsWritten() throws {
        let text = #"{"b": [1, -2.5, 1e3, true, null], "a": {"é\n\u0001": "\"x\\"}, "empty": [], "none": {}}"#
        let value = try JSONValue(parsing: text)
        #expect(try value.object().keys == ["b", "a", "empty", "none"])
        #expect(try value["b"].array() == [1, -2.5, 1000.0, true, nil])
        for pretty in [false, true] { #expect(try JSONValue(parsing: value.text(pretty: pretty)) == value) }
    }

    @Test(arguments: [0.1, 1e-300, 123456789.125, 2.2250738585072014e-308, -1.7976931348623157e308, 1e22])
    func numbersRoundTrip(number: Double) throws {
        #expect(try JSONValue(parsing: JSONValue.number(number).text()).number() == number)
    }

    @Test func invisibleCharactersAreEscaped() throws {
        let name = "a\u{0}\n\u{1b}[2J\u{7f}\u{9b}\u{202e}\u{2028}\u{2066}</script>\"'&é"
        let key = String(name.unicodeScalars.filter { $0 != "\0" })
        let value: JSONValue = .object(JSONObject([(key, .string(name))]))
        for pretty in [false, true] {
            let text = value.text(pretty: pretty)
            let hidden = text.unicodeScalars.filter { $0.properties.generalCategory == .control && $0 != "\n" }
            #expect(hidden.isEmpty && !text.contains("\u{202e}") && !text.contains("\u{2028}"))
            #expect(try JSONValue(parsing: text) == value)
        }
        #expect(!name.isEmpty && JSONValue.string(name).text().allSatisfy { !$0.isNewline })
    }

    /// json-c would end the key there.
    @Test func keysWithNullCharactersAreRefused() {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: #"{"a\u0000b": 1, "a": 2}"#) }
        #expect(error?.reason == "a key contains a null character")
    }

    @Test("A half of a surrogate pair does no harm", arguments: [#""\ud800""#, #""a\udc00b""#, #"{"\ud83d": 1}"#])
    func loneSurrogates(text: String) throws {
        // Refused, or read as the replacement character; what is written is valid in either case.
        guard let value = try? JSONValue(parsing: text) else { return }
        #expect(try JSONValue(parsing: value.text()) == value)
    }

    @Test func numbersThatJSONCannotExpressBecomeNull() {
        #expect(JSONValue.array([.number(.nan), .number(.infinity)]).text() == "[null,null]")
    }

    @Test func wholeNumbersAreExact() throws {
        let limits: JSONValue = [.integer(.max), .integer(.min), .integer(-1)]
        #expect(try JSONValue(parsing: limits.text()) == limits)
        for text in ["9223372036854775808", "[18446744073709551616]", "1234567890123456789012"] {
            #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        }
    }

    @Test func commentsAreSpace() throws {
        let value = try JSONValue(parsing: "// top\n{ /* \"a\": 1, */ \"b\": 2 } // end")
        #expect(value == ["b": 2])
    }

    @Test(arguments: [
        "", "{", "[1,", "{\"a\":}", "[1] 2", "nul", "\"open", "{\"a\" 1}", "[NaN]", "[Infinity]", "1e999",
        String(repeating: "[", count: 5000),
    ])
    func faultsAreErrors(text: String) { #expect(throws: JSONError.self) { try JSONValue(parsing: text) } }

    @Test func everyTruncationIsAnError() throws {
        let text = #"{"a": [1, {"b": "text"}], "c": true}"#
        _ = try JSONValue(parsing: text)
        for length in 0..<text.count {
            #expect(throws: JSONError.self) { try JSONValue(parsing: String(text.prefix(length))) }
        }
    }

    @Test func seededNoiseNeverCrashes() {
        let text = Array(#"{"a": [1, {"b": "te\u0041xt"}], /* c */ "c": true, "d": -1.5e3}"#.utf8)
        var state: UInt64 = 7
        for _ in 0..<3000 {
            var bytes = text
            for _ in 0..<3 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 20)
            }
            _ = try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test func errorsNameTheLine() {
        #expect(throws: JSONError(file: "x.json", line: 3, reason: "quoted object property name expected")) {
            try JSONValue(parsing: "{\n\"a\": 1,\n b: 2}", file: "x.json")
        }
        #expect(throws: JSONError(path: "s.a", line: 2, reason: "appears twice")) {
            try JSONValue(parsing: "{\"s\": {\"a\": 1,\n\"a\": 2}}")
        }
    }

    @Test func missingFilesAndOtherBytesAreSentences() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        #expect(throws: JSONError(file: url.path, reason: "there is no such file")) { try JSONValue(contentsOf: url) }
        try Data([0x22, 0xff, 0xfe, 0x22]).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        #expect(throws: JSONError(file: url.path, reason: "this is not UTF-8 text")) { try JSONValue(contentsOf: url) }
        let folder = FileManager.default.temporaryDirectory
        #expect(throws: JSONError(file: folder.path, reason: "the file cannot be read: is a directory")) {
            try JSONValue(contentsOf: folder)
        }
    }

    /// It takes far less than a second; the limit is for work that grows with the square of the size.
    @Test(.timeLimit(.minutes(10))) func largeDocumentsAreReadInReasonableTime() throws {
        let numbers = JSONValue.array((0..<100_000).map { .number(Double($0) * 1.000_000_1) })
        let text = numbers.text()
        #expect(try JSONValue(parsing: text) == numbers)
    }
}

@Suite struct JSONAccessTests {
    let value: JSONValue = ["epochs": 3, "rate": 0.5, "names": ["a", "b"], "nothing": nil, "whole": 4.0]

    @Test func typesAreChecked() throws {
        #expect(try value["epochs"].integer() == 3)
        #expect(try value["whole"].integer() == 4)
        #expect(try value["epochs"].number() == 3)
        #expect(try value["names"].strings() == ["a", "b"])
        #expect(value.optional("nothing") == nil)
        #expect(throws: JSONError(path: "missing", reason: "is missing")) { try value["missing"] }
        #expect(throws: JSONError(reason: "should be a whole number, not 0.5")) { try value["rate"].integer() }
        #expect(throws: JSONError(path: "[0]", reason: "should be a number, not \"a\"")) {
            try value["names"].numbers()
        }
    }

    @Test func objectsKeepTheirOrder() {
        var object = JSONObject([("z", 1), ("a", 2), ("z", 3)])
        object["m"] = 4
        object["a"] = nil
        #expect(object.keys == ["z", "m"])
        #expect(object["z"] == 3 && object["m"] == 4 && object["a"] == nil)
    }
}

@Suite struct JSONPositionTests {
    @Test func keysAreFoundByPath() {
        let text = """
            // an experiment
            {
              "name": "x", /* two
              lines */
              "training": {
                "epochs": 3, "note": "a \\" } b",
                "list": [ {"deep": 1},
                          {"deep": 2} ]
              }
            }
            """
        let positions = JSONPositions(text)
        #expect(positions.line(of: "name") == 3)
        #expect(positions.line(of: "training.epochs") == 6)
        #expect(positions.line(of: "training.list[1].deep") == 8)
        #expect(positions.line(of: "training.absent") == 5)
        #expect(positions.line(of: "absent") == nil)
        #expect(lineOfKey(path: ["training", "list"], in: text) == 7)
    }
}
