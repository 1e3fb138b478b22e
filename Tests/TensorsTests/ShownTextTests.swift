import Tensors
import Testing

@Suite("Names on the terminal")
struct ShownTextTests {
    @Test(
        "Control characters are written out",
        arguments: [
            ("plain Größe 細胞 👩‍🔬 \\x1b", "plain Größe 細胞 👩‍🔬 \\x1b"), ("\u{1b}[31mred", "\\x1b[31mred"),
            ("a\nb\r\nc\td", "a\\x0ab\\x0d\\x0ac\\x09d"),
            ("\0\u{7}\u{7f}", "\\x00\\x07\\x7f"), ("\u{9b}2J\u{85}", "\\x9b2J\\x85"),
            ("a\u{202e}b\u{2066}\u{2028}", "a\\u{202e}b\\u{2066}\\u{2028}"),
        ])
    func line(text: String, shown: String) { #expect(text.shownOnTerminal == shown) }

    @Test("Lines and rows stay lines and rows")
    func lines() {
        #expect(terminalLines(["a\nb", "", "c\r"]) == "a\\x0ab\n\nc\\x0d")
        #expect(textTable([["name", "n"], ["a\n\u{1b}b", "1"]]) == "name        n\na\\x0a\\x1bb  1")
        #expect("a\nb\t\u{1b}".shownAsLines == "a\nb\\x09\\x1b")
        #expect("a\nb\t\u{1b}".shownAsParagraphs == "a\nb\t\\x1b")
    }
}
