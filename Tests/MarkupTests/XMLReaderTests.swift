import Foundation
import Markup
import Testing

/// Returns the events of a document in short form: `<a x="1">`, `text`, `</a>`; pieces of text are joined.
private func events(_ text: String) throws(XMLError) -> [String] { try events(Array(text.utf8)) }

private func events(_ bytes: [UInt8]) throws(XMLError) -> [String] {
    var reader = XMLReader(bytes)
    var (result, isText) = ([String](), false)
    while let event = try reader.next() {
        switch event {
        case .start(let element):
            result.append("<\(element.name)\(element.attributes.map { " \($0.name)='\($0.value)'" }.joined())>")
        case .end(let name): result.append("</\(name)>")
        case .text(let text):
            if isText { result[result.count - 1] += text } else { result.append(text) }
        }
        if case .text = event { isText = true } else { isText = false }
    }
    return result
}

private let sample = """
    <?xml version="1.0"?><!DOCTYPE a SYSTEM "a.dtd"><!-- c -->
    <v:a xmlns:v='u' v:x="&lt;1"><b/> t &#x41;<![CDATA[<c>]]><?p i?><d y='2' >z</d ></v:a>
    <!-- end -->
    """

@Suite struct XMLReaderTests {
    @Test(arguments: [
        ("<a/>", ["<a>", "</a>"]), ("<a></a>", ["<a>", "</a>"]), ("<a >x</a\n>", ["<a>", "x", "</a>"]),
        ("\u{feff}<a/>", ["<a>", "</a>"]), (" \n<?xml version='1.0'?>\n<a/>\n", ["<a>", "</a>"]),
        ("<a x='1' y=\"2\"\n z = '3'/>", ["<a x='1' y='2' z='3'>", "</a>"]),
        ("<a x='1' x='2' p:x='3'/>", ["<a x='1'>", "</a>"]),
        ("<v:a xmlns='u' xmlns:v='w' v:x='1'></v:a>", ["<a x='1'>", "</a>"]),
        ("<a x='it is \"so\"' y=\"it's\"/>", ["<a x='it is \"so\"' y='it's'>", "</a>"]),
        ("<a x='a&amp;b&#10;c\td\r\ne>'/>", ["<a x='a&b\nc d e>'>", "</a>"]),
        ("<a>&lt;&gt;&amp;&quot;&apos;&nbsp;&#65;&#x4E2d;</a>", ["<a>", "<>&\"'\u{a0}A中", "</a>"]),
        ("<a>a&b.jpg & c&; &#x; &#y; &</a>", ["<a>", "a&b.jpg & c&; &#x; &#y; &", "</a>"]),
        ("<a>1<!-- <b> -- ->-->2<?p <b> ?>3<![CDATA[]]>4</a>", ["<a>", "1234", "</a>"]),
        ("<a><![CDATA[<b>&amp;]] ]>\r\n]]>]]></a>", ["<a>", "<b>&amp;]] ]>\n]]>", "</a>"]),
        ("<a>1\r\n2\r3\n</a>", ["<a>", "1\n2\n3\n", "</a>"]),
        ("<!DOCTYPE html><a/>", ["<a>", "</a>"]),
        ("<!DOCTYPE a PUBLIC '-//x' \"http://x/[y]>\" ><a/>", ["<a>", "</a>"]),
        ("<größe 中='1'>ü</größe>", ["<größe 中='1'>", "ü", "</größe>"]),
        ("<a><b.c-d_1/></a><!-- x --><?p?>", ["<a>", "<b.c-d_1>", "</b.c-d_1>", "</a>"]),
    ])
    func documentsAreEvents(text: String, expected: [String]) throws {
        #expect(try events(text) == expected)
    }

    @Test func elementsKnowTheirAttributesAndLines() throws {
        var reader = XMLReader(Array("<a\n x='1'>\n\n<b/>text\n</a>".utf8))
        var lines: [Int] = []
        while let event = try reader.next() {
            lines.append(reader.line)
            if case .start(let element) = event, element.name == "a" {
                #expect(element["x"] == "1" && element["y"] == nil)
            }
        }
        #expect(lines == [1, 2, 4, 4, 4, 5])
        #expect(!reader.hadBareAmpersand)
        #expect(try reader.next() == nil)
    }

    @Test func bareAmpersandsAreTold() throws {
        for (text, isBare) in [("<a>b&c</a>", true), ("<a x='b&c'/>", true), ("<a>&amp;</a>", false)] {
            var reader = XMLReader(Array(text.utf8))
            while try reader.next() != nil {}
            #expect(reader.hadBareAmpersand == isBare)
        }
    }

    @Test(arguments: [
        ("", 1, "the XML ends too early: there is no element"),
        ("<?xml version='1.0'?>\n \n", 3, "the XML ends too early: there is no element"),
        ("<a>\n<b>\n", 3, "the XML ends too early: <b> of line 2 is not closed"),
        ("<a>\n<!-- x\n", 3, "the XML ends too early: a comment of line 2 is not closed"),
        ("<a>\n<![CDATA[ x]]\n", 3, "the XML ends too early: a CDATA section of line 2 is not closed"),
        ("<a b='x\n", 2, "the XML ends too early: an attribute of line 1 is not closed"),
        ("<a b='x'", 1, "the XML ends too early: <a of line 1 is not complete"),
        ("<a>\n\n</b></a>", 3, "a closing tag does not match the open element: </b> in <a> of line 1"),
        ("<v:a></w:a>", 1, "a closing tag does not match the open element: </w:a> in <v:a> of line 1"),
        ("<a/>\n<b/>", 2, "there is more content after the end of the document"),
        ("<a/>\nx", 2, "there is more content after the end of the document"),
        ("<a/></a>", 1, "there is more content after the end of the document"),
        ("{\"a\": 1}", 1, "this is not XML: there is text before the first element"),
        ("<a>\n<1/></a>", 2, "a name is not valid in XML, perhaps because of a stray '<' or '&'"),
        ("<a>x < y</a>", 1, "a name is not valid in XML, perhaps because of a stray '<' or '&'"),
        ("<a:/>", 1, "a name is not valid in XML: 'a:'"),
        ("<a x='\n<b>'/>", 2, "there is a stray '<' in an attribute"),
        ("<a x/>", 1, "an element's start is not well-formed: <a"),
        ("<a x=1/>", 1, "an element's start is not well-formed: <a"),
        ("<a x='1'y='2'/>", 1, "an element's start is not well-formed: <a"),
        ("<a / >", 1, "an element's start is not well-formed: <a"),
        ("<a></a x='1'>", 1, "an element's end is not well-formed: </a"),
        ("<a>\n&copy2;</a>", 2, "an entity is not declared: &copy2;"),
        ("<a>&#0;</a>", 1, "&#0; is a character that XML does not allow"),
        ("<a>&#xD800;</a>", 1, "&#xD800; is a character that XML does not allow"),
        ("<a>&#99999999999999999999;</a>", 1, "&#99999999999999999999; is a character that XML does not allow"),
        ("<a>\n\u{1}</a>", 2, "there is a control character that XML does not allow (U+0001)"),
        ("<a x='\u{1f}'/>", 1, "there is a control character that XML does not allow (U+001F)"),
        ("<a>\0</a>", 1, "there is a control character that XML does not allow (U+0000)"),
        ("<a><!x></a>", 1, "'<!' begins no known XML markup"),
        ("<a>\n<!DOCTYPE a></a>", 2, "<!DOCTYPE> must precede the first element"),
        ("<!DOCTYPE a \n<b/>", 2, "there is a stray '<' in the <!DOCTYPE>"),
    ])
    func faultsAreSentences(text: String, line: Int, reason: String) {
        #expect(throws: XMLError(kind: .notWellFormed, line: line, reason: reason)) { try events(text) }
    }

    @Test func declarationsOfEntitiesAreAFaultOfTheirOwn() {
        let laughs = "\n<!DOCTYPE a [<!ENTITY b 'x'><!ENTITY c '&b;&b;&b;'>]><a>&c;</a>"
        for (text, line) in [(laughs, 2), ("<a>\n\n<!ENTITY b 'x'></a>", 3), ("<!DOCTYPE a SYSTEM 'x' [", 1)] {
            #expect {
                try events(text)
            } throws: {
                let error = $0 as? XMLError
                return error?.kind == .entityDeclarations && error?.line == line
            }
        }
    }

    @Test func everyTruncationIsAnError() throws {
        let bytes = Array(sample.utf8)
        #expect(try events(bytes).count == 8)
        let end = sample.utf8.count - "\n<!-- end -->".utf8.count
        for length in 0..<end { #expect(throws: XMLError.self) { try events(Array(bytes[..<length])) } }
        for length in end..<bytes.count { _ = try? events(Array(bytes[..<length])) }
    }

    @Test func otherBytesNeverCrash() {
        var state: UInt64 = 7
        for _ in 0..<20_000 {
            var bytes = Array(sample.utf8)
            for _ in 0..<3 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 20)
            }
            _ = try? events(bytes)
        }
    }
}

/// Each document takes far less than a second; the limits are for work that grows with the square of the size.
@Suite struct XMLReaderLimitTests {
    private func failure(_ text: String) -> XMLError? {
        do throws(XMLError) {
            _ = try events(Array(text.utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test(.timeLimit(.minutes(10))) func hostileDocumentsAreRefusedSoon() {
        let many = 1_000_000
        let cases: [(String, String?)] = [
            (String(repeating: "<a>", count: many), "elements are nested more than 64 deep"),
            ("<a" + String(repeating: " b='1'", count: many) + "/>", "an element has more than 256 attributes"),
            ("<a>" + String(repeating: "&", count: many) + "</a>", nil),
            ("<a>" + String(repeating: "&a", count: many) + "</a>", nil),
            (
                "<a>&" + String(repeating: "a", count: many) + ";</a>",
                "an entity is not declared: &\(String(repeating: "a", count: 40));"
            ),
            ("<a>" + String(repeating: "]]>", count: many) + "</a>", nil),
            ("<a>" + String(repeating: "<!---->", count: many) + "</a>", nil),
            (
                "<a>" + String(repeating: "\n", count: many) + "<b>",
                "the XML ends too early: <b> of line 1000001 is not closed"
            ),
            (
                "<\(String(repeating: "a", count: many))>",
                "the XML ends too early: <\(String(repeating: "a", count: 40))> of line 1 is not closed"
            ),
            (
                "<a>" + String(repeating: "<![CDATA[", count: many),
                "the XML ends too early: a CDATA section of line 1 is not closed"
            ),
        ]
        for (text, reason) in cases { #expect(failure(text)?.reason == reason) }
    }

    @Test func manyAttributesAreRead() throws {
        let names = (0..<256).map { " a\($0 % 200)='\($0)'" }.joined()
        var reader = XMLReader(Array("<a\(names)/>".utf8))
        guard case .start(let element)? = try reader.next() else { throw CancellationError() }
        #expect(element.attributes.count == 200)
        #expect(element["a199"] == "199" && element["a5"] == "5")
    }

    @Test func anElementWithTooManyAttributesIsNamedByItsLine() {
        let names = (0..<257).map { " a\($0)='>'" }.joined()
        // Quotes, comments and CDATA hold no attributes.
        let inside = String(repeating: " b='1'", count: 1000)
        let text = "<r>\n<!--\(inside)-->\n<![CDATA[\(inside)]]>\n<q c=\"\(inside)\"/>\n<a\(names)/></r>"
        let error = failure(text)
        #expect(error?.reason == "an element has more than 256 attributes" && error?.line == 5)
        #expect(error?.kind == .tooLarge)
    }

    @Test func aMillionElementsAreRead() throws {
        let many = 1_000_000
        var reader = XMLReader(Array(("<r>" + String(repeating: "<a/>", count: many) + "</r>").utf8))
        var count = 0
        while let event = try reader.next() { if case .start = event { count += 1 } }
        #expect(count == many + 1)
    }

    @Test func depthHasALimit() throws {
        let whole = { String(repeating: "<a>", count: $0) + String(repeating: "</a>", count: $0) }
        #expect(try events(whole(64)).count == 128)
        #expect { try events(whole(65)) } throws: { ($0 as? XMLError)?.kind == .tooLarge }
    }

    @Test(.timeLimit(.minutes(10))) func largeDocumentsAreReadInReasonableTime() {
        let box =
            "    <box frame=\"0\" outside=\"0\" occluded=\"0\" xtl=\"1.00\" ytl=\"2.00\" xbr=\"3.5\" ybr=\"4\"></box>\n"
        #expect(failure("<track>" + String(repeating: box, count: 100_000) + "</track>") == nil)
    }
}
