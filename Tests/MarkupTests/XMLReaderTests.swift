import Markup
import Testing

@Suite struct XMLReaderTests {
    @Test func events() throws {
        let text = "<?xml version='1.0'?>\n<v:a x='1' y=\"&lt;b&amp;\">t &#65;<b/><![CDATA[<c>]]></v:a>\n<!-- end -->"
        var reader = XMLReader(Array(text.utf8))
        var events: [XMLReader.Event] = []
        while let event = try reader.next() { events.append(event) }
        #expect(
            events == [
                .start(.init(name: "a", attributes: [.init(name: "x", value: "1"), .init(name: "y", value: "<b&")])),
                .text("t A"), .start(.init(name: "b")), .end(name: "b"), .text("<c>"), .end(name: "a"),
            ])
    }
}

@Suite struct CSVReaderTests {
    @Test func rows() {
        let rows = Array(CSVReader(Array("a;b\r\n\"x;\"\"\n\";2\n\n\"open".utf8)))
        #expect(rows.map(\.fields) == [["a", "b"], ["x;\"\n", "2"], ["open"]])
        #expect(rows.map(\.line) == [1, 2, 5])
        #expect(rows.last?.fault?.line == 5)
    }
}

@Suite struct DecodedTextTests {
    @Test func encodings() throws {
        let decoded = try decodeText([0x3c, 0, 0x61, 0, 0x3e, 0], declaration: .xml)
        #expect(decoded.text == "<a>" && decoded.encoding == "UTF-16LE")
        let chinese = Array("<?xml version='1.0' encoding='GBK'?><a>".utf8) + [0xd6, 0xd0]
        #expect(try decodeText(chinese, declaration: .xml).text.hasSuffix("中"))
        #expect(throws: TextError.self) { try decodeText(chinese) }
    }
}
