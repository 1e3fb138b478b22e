import Markup
import Testing

@Suite struct CSVReaderTests {
    private func rows(_ text: String) -> [CSVReader.Row] { Array(CSVReader(Array(text.utf8))) }

    @Test(arguments: [
        ("a,b\n1,2", [["a", "b"], ["1", "2"]]), ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
        ("a,b\r1,2\r\r", [["a", "b"], ["1", "2"]]), ("", []), ("\n\r\n", []), ("a", [["a"]]),
        ("a,\n,b\n,", [["a", ""], ["", "b"], ["", ""]]), (" a , b ", [[" a ", " b "]]),
        ("\"a,b\",\"c\"\"d\",\"\"", [["a,b", "c\"d", ""]]), ("\"a\nb\",c\nd,e", [["a\nb", "c"], ["d", "e"]]),
        ("a\"b,\"c\"d,e", [["a\"b", "cd", "e"]]), ("a;b,c;d\n1;2;3", [["a", "b,c", "d"], ["1", "2", "3"]]),
        ("a\tb\n1,5\t2", [["a", "b"], ["1,5", "2"]]), ("\"a;b;c\",d\n1,2", [["a;b;c", "d"], ["1", "2"]]),
        ("größe,中\n\u{1F600},x", [["größe", "中"], ["\u{1F600}", "x"]]),
    ])
    func tables(text: String, expected: [[String]]) {
        #expect(rows(text).map(\.fields) == expected)
        #expect(rows(text).allSatisfy { $0.fault == nil })
    }

    @Test func rowsKnowTheirLines() {
        let rows = rows("a,b\r\n\r\n\"x\ny\",z\r1,2\n")
        #expect(rows.map(\.line) == [1, 3, 5])
    }

    @Test func anOpenQuoteTakesTheRest() {
        let rows = rows("a,b\n1,2\n3,\"4\n5,6\n")
        #expect(rows.map(\.fields) == [["a", "b"], ["1", "2"], ["3", "4\n5,6\n"]])
        #expect(
            rows.last?.fault
                == TextError(line: 3, reason: "a '\"' is not closed; the rest of the file is one field"))
    }

    @Test func rowsAreBounded() {
        let rows = rows(String(repeating: ",", count: 1_000_000) + "\na,b")
        #expect(rows.map(\.fields.count) == [10_000, 2])
        #expect(rows[0].fault == TextError(line: 1, reason: "the row has more than 10000 fields"))
        #expect(rows[1].fault == nil)
    }

    @Test func theSeparatorCanBeGiven() {
        let reader = CSVReader(Array("a,b;c".utf8), separator: UInt8(ascii: ";"))
        #expect(Array(reader).map(\.fields) == [["a,b", "c"]])
    }

    @Test func otherBytesNeverCrash() {
        var state: UInt64 = 7
        let letters = Array(",;\"\t\r\n ab\u{0}é".utf8)
        for _ in 0..<20_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int(state >> 59) {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes.append(letters[Int(state >> 33) % letters.count])
            }
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let rows = Array(CSVReader(bytes))
            #expect(rows.allSatisfy { !$0.fields.isEmpty })
        }
    }

    /// It takes far less than a second; the limit is for work that grows with the square of the size.
    @Test(.timeLimit(.minutes(10))) func largeTablesAreReadInReasonableTime() {
        let text = String(
            repeating: "000026e7ee790996,xclick,/m/01g317,1,0.07,0.14,0.2,0.391,0,1,0,0,0\n", count: 100_000)
        #expect(rows(text).count == 100_000)
    }
}
