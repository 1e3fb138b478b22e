import Foundation
import JSON
import Tensors
import Testing

private func document(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
    try bytes.withUnsafeBufferPointer { bytes throws(JSONError) in
        var reader = JSONReader(UnsafeRawBufferPointer(bytes), file: "")
        let value = try reader.value()
        try reader.end()
        return value
    }
}

private func document(_ text: String) throws(JSONError) -> JSONValue { try document(Array(text.utf8)) }

private func number(_ text: String) throws(JSONError) -> Double { try document(text).number() }

@Suite struct JSONReaderNumberTests {
    @Test func numbersAreTheNearestOnes() throws {
        var random = SeededGenerator(1, 1)
        for _ in 0..<20_000 {
            let digits = (0..<random.integer(in: 1...22)).map { _ in "\(random.integer(in: 0...9))" }.joined()
            let point = random.integer(in: 0...digits.count)
            var text = random.chance(0.3) ? "-" : ""
            text += digits.prefix(point).isEmpty ? "0" : digits.prefix(point)
            if point < digits.count { text += "." + digits.dropFirst(point) }
            if random.chance(0.3) { text += "e\(random.integer(in: -340...320))" }
            #expect(try number(text).bitPattern == strtod(text, nil).bitPattern || number(text) == 0, "\(text)")
        }
        for _ in 0..<20_000 {
            let value = Double(bitPattern: UInt64(truncatingIfNeeded: random.integer(in: 0 ... .max)))
            if value.isFinite { #expect(try number("\(value)") == value) }
        }
    }

    @Test(arguments: [
        // Halfway between two doubles, and slightly beyond; the limits of underflow to zero and of overflow to infinity.
        "9007199254740993", "9007199254740993.0", "9007199254740993." + String(repeating: "0", count: 900) + "1",
        "2.4703282292062327e-324", "2.4703282292062328e-324", "1.7976931348623158e308", "1.7976931348623159e308",
        "0." + String(repeating: "0", count: 2000) + "1e2001", "1" + String(repeating: "0", count: 2000) + "e-2000",
        String(repeating: "9", count: 100_000) + "e-99999", "0e999999999999999999999", "1e-99999999999999999999",
        "-0.0",
        "123456789012345678901234567890", "0.1e+1", "1E5", "80.", "-80.e1", "702.1057499999998", "2765.1486500000005",
    ])
    func longNumbersToo(text: String) throws {
        #expect(try number(text).bitPattern == strtod(text, nil).bitPattern)
    }

    @Test func wholeNumbersAreExact() throws {
        for value in [0, 7, -7, 9_007_199_254_740_993, -9_007_199_254_740_993, Int.max, Int.min, Int.max - 1] {
            #expect(try document("\(value)") == .integer(value))
        }
        #expect(try document("9223372036854775808") == .number(9_223_372_036_854_775_808))
        #expect(try document("-9223372036854775809") == .number(-9_223_372_036_854_775_808))
        #expect(try document("18446744073709551616") == .number(18_446_744_073_709_551_616))
        #expect(try document("1.0") == .number(1))
        #expect(try document("000000139") == .integer(139))
    }

    @Test func integersAreAskedFor() throws {
        let text = "[3.0, 1e3, 9223372036854775807, 9223372036854775808, 0.5, NaN, \"3\"]"
        var read: [Int?] = []
        try Array(text.utf8).withUnsafeBufferPointer { bytes throws(JSONError) in
            var reader = JSONReader(UnsafeRawBufferPointer(bytes), file: "")
            try reader.array { _, reader throws(JSONError) in read.append(try? reader.integer()) }
        }
        #expect(read == [3, 1000, Int.max, nil, nil, nil, nil])
    }

    @Test func numbersThatPythonWritesAreNumbers() throws {
        #expect(try number("NaN").isNaN)
        #expect(try number("-NaN").isNaN)
        #expect(try number("Infinity") == .infinity)
        #expect(try number("-Infinity") == -.infinity)
        #expect(try number("1e999") == .infinity)
    }

    @Test func listsOfNumbersAreRunOver() throws {
        let text = "[1, [2.5, [3]], [], \"x\", {\"a\": [9]}, null, NaN, -4e0,]"
        var numbers: [Double] = []
        let others = try Array(text.utf8).withUnsafeBufferPointer { bytes throws(JSONError) in
            var reader = JSONReader(UnsafeRawBufferPointer(bytes), file: "")
            let others = try reader.numbers { numbers.append($0.isNaN ? 99 : $0) }
            try reader.end()
            return others
        }
        #expect(numbers == [1, 2.5, 3, 99, -4])
        #expect(others == 3)
    }
}

@Suite struct JSONReaderTextTests {
    @Test func escapes() throws {
        #expect(try document(#""\"\\\/\b\f\n\r\t\u0041\u00e9\u4E2d\ud83d\ude00""#) == "\"\\/\u{8}\u{c}\n\r\tAé中😀")
        #expect(try document(#"{"\u0061": 1}"#) == ["a": 1])
        #expect(try document("'it\\'s \"so\"'") == "it's \"so\"")
        #expect(try document("\"a\nb\"") == "a\nb")
    }

    @Test func halvesOfSurrogatesAreReplaced() throws {
        for (text, expected) in [
            (#""\ud83d""#, "\u{fffd}"), (#""\ude00x""#, "\u{fffd}x"), (#""\ud83d\n""#, "\u{fffd}\n"),
            (#""\ud83d\u0041""#, "\u{fffd}A"), (#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"), (#""\ud83du""#, "\u{fffd}u"),
        ] { #expect(try document(text) == .string(expected)) }
    }

    @Test func theLastOfEqualKeysCounts() throws {
        #expect(try document("{\"a\": 1, \"b\": 2, \"a\": 3}") == ["a": 3, "b": 2])
    }
}

/// ``JSONReader`` gives the same results as the parser of small documents.
@Suite struct JSONReaderAgreementTests {
    @Test func randomDocumentsAreReadAlike() throws {
        var random = SeededGenerator(2, 1)
        for _ in 0..<2000 {
            let value = Self.value(&random, depth: 0)
            let text = Self.spaced(value.text(pretty: random.chance(0.5)), &random)
            #expect(try document(text) == value)
            #expect(try JSONValue(parsing: text) == value)
        }
    }

    @Test func damagedDocumentsAreNotReadWorse() throws {
        var random = SeededGenerator(3, 1)
        var accepted = 0
        for _ in 0..<30_000 {
            var bytes = Array(Self.value(&random, depth: 2).text().utf8)
            for _ in 0..<random.integer(in: 1...2) {
                let place = random.integer(in: 0...bytes.count - 1)
                let letters = Array("[]{},:\"'0123456789.eE+-NaItruefalsnull \n/*\\u\u{1}x".utf8)
                bytes[place] = letters[random.integer(in: 0...letters.count - 1)]
            }
            let text = String(decoding: bytes, as: UTF8.self)
            // json-c accepts `1e`, `1.+` and `-.5`, replaces numbers that are too low by the lowest one, and cuts keys at zero bytes.
            let isOdd = text.contains(/[0-9.][eE][-+]?(?![-+0-9])|\.[-+]|-\.|-[0-9]{19}|\/\*|\\u0000/)
            guard !isOdd, let expected = try? JSONValue(parsing: text) else {
                _ = try? document(text)
                continue
            }
            accepted += 1
            #expect((try? document(text)) == expected, "\(text.debugDescription)")
        }
        #expect(accepted > 1000)
    }

    private static func value(_ random: inout SeededGenerator, depth: Int) -> JSONValue {
        switch random.integer(in: depth > 4 ? 0...5 : 0...9) {
        case 0: return .null
        case 1: return .bool(random.chance(0.5))
        case 2: return .integer(random.integer(in: -1000...1000))
        case 3:
            return .integer(random.chance(0.5) ? .max - random.integer(in: 0...9) : .min + random.integer(in: 0...9))
        case 4: return .number(Double(random.integer(in: -1_000_000...1_000_000)) / 1000 + 0.000_1)
        case 5: return .string(string(&random))
        case 6, 7: return .array((0..<random.integer(in: 0...5)).map { _ in value(&random, depth: depth + 1) })
        default:
            return .object(
                JSONObject(
                    (0..<random.integer(in: 0...5)).map {
                        (string(&random) + "\($0)", value(&random, depth: depth + 1))
                    }))
        }
    }

    private static func string(_ random: inout SeededGenerator) -> String {
        let letters: [Character] = ["a", "é", "中", "😀", "\"", "\\", "/", "\n", "\u{1}", "'", " ", "{", ",", "]"]
        return String((0..<random.integer(in: 0...12)).map { _ in letters[random.integer(in: 0...letters.count - 1)] })
    }

    /// White space and comments at the beginning and the end.
    private static func spaced(_ text: String, _ random: inout SeededGenerator) -> String {
        let spaces = ["", " ", "\r\n\t", "// x\n", "/* x * / */"]
        return spaces[random.integer(in: 0...4)] + text + spaces[random.integer(in: 0...4)]
    }
}

@Suite struct JSONReaderSizeTests {
    /// It takes far less than a second; the limit is for work that grows with the square of the size.
    @Test(.timeLimit(.minutes(10))) func largeDocumentsAreReadInReasonableTime() throws {
        let annotation =
            "{\"segmentation\":[[" + String(repeating: "312.29,562.89,", count: 30) + "1]],\"id\":12345,\"x\":\"a\"},\n"
        let text = "{\"annotations\":[" + String(repeating: annotation, count: 50_000) + "]}"
        var (count, faults) = (0, 0)
        try Array(text.utf8).withUnsafeBufferPointer { bytes throws(JSONError) in
            var reader = JSONReader(UnsafeRawBufferPointer(bytes), file: "")
            try reader.object { _, reader throws(JSONError) in
                try reader.array { index, reader throws(JSONError) in
                    try reader.object { key, reader throws(JSONError) in
                        if key == "id" { count += try reader.integer() == 12345 ? 1 : 0 }
                        // Each error computes its line.
                        if key == "x" {
                            do throws(JSONError) { _ = try reader.number() } catch {
                                faults += error.line == index + 1 ? 1 : 0
                            }
                        }
                    }
                }
            }
            try reader.end()
        }
        #expect(count == 50_000 && faults == 50_000)
    }
}
