import Foundation
import JSON
import Markup
import Tensors

extension FuzzedParser {
    private static let folder = "Tests/MarkupTests/Files"

    /// The readers of text formats.
    static let text: [FuzzedParser] = [
        FuzzedParser(
            name: "json", examples: (folder, ".json"), memoryFactor: 128,
            words: [
                "\"annotations\":", "\"bbox\":", "NaN", "-Infinity", "null", "true", "[[", "]]", "{", "}", ",", "\\u",
                "\\ud83d", "1e", "0.", "//", "/*", "*/", "'",
            ], parse: readJSON),
        FuzzedParser(
            name: "xml", examples: (folder, ".xml"), memoryFactor: 64,
            words: [
                "<a>", "</a>", "<a/>", " x='1'", "<!--", "-->", "<![CDATA[", "]]>", "<?", "?>", "&amp;", "&#x41;", "&",
                "<!DOCTYPE a>", "<!ENTITY", "xmlns:v=''", "v:", "\r\n",
            ]
        ) { url in
            var reader = XMLReader(try FileContents(url).bytes)
            var kinds: Set<String> = []
            while let event = try reader.next() {
                switch event {
                case .start(let element): kinds.insert("start \(element.attributes.count)")
                case .text(let text): kinds.insert(text.contains { !$0.isWhitespace } ? "text" : "space")
                case .end: kinds.insert("end")
                }
            }
            return "\(kinds.sorted()) \(reader.hadBareAmpersand)"
        },
        FuzzedParser(
            name: "csv", examples: (folder, ".csv"), memoryFactor: 64,
            words: ["\"", "\"\"", ",", ";", "\t", "\r", "\n", "\r\n", ",\"", "\","]
        ) { url in
            let rows = Array(CSVReader(try FileContents(url).bytes))
            return "\(Set(rows.map(\.fields.count)).sorted()) \(rows.compactMap(\.fault?.reason))"
        },
        FuzzedParser(
            name: "text", examples: (folder, ".text"), memoryFactor: 64,
            words: [
                "\u{feff}", "encoding='", "gbk", "big5", "shift_jis", "euc-kr", "euc-jp", "euc-tw", "gb18030", "koi8-r",
                "windows-1252", "iso-8859-", "utf-16", "utf-32", "cp", "johab", "tis-620", "macintosh", "'?>",
            ]
        ) { url in
            let bytes = try FileContents(url).bytes
            let guess = try decodeText(bytes, declaration: .xml, allowsGuess: true)
            precondition(String(validating: guess.utf8, as: UTF8.self) != nil, "the text is not valid")
            let decoded = try decodeText(bytes, declaration: .xml)
            return "\(decoded.encoding) \(decoded.wrongDeclaration ?? "")"
        },
    ]

    /// Reads a document as a tree and as a stream, which must agree on whether it is valid.
    @Sendable
    private static func readJSON(_ url: URL) throws -> String {
        let contents = try FileContents(url)
        return try contents.withBytes { bytes throws(JSONError) in
            let ends = [
                end(bytes) { reader throws(JSONError) in _ = try reader.value() },
                end(bytes) { reader throws(JSONError) in try reader.skip() }, end(bytes, walk),
            ]
            precondition(Set(ends).count == 1, "reading, skipping and walking end at \(ends)")
            var reader = JSONReader(bytes)
            let value = try reader.value()
            try reader.end()
            return value.kind
        }
    }

    /// Returns the offset to which a closure reads; nil when it throws.
    private static func end(
        _ bytes: UnsafeRawBufferPointer, _ read: (inout JSONReader) throws(JSONError) -> Void
    ) -> Int? {
        var reader = JSONReader(bytes)
        return (try? read(&reader)) == nil ? nil : reader.offset
    }

    private static func walk(_ reader: inout JSONReader) throws(JSONError) {
        switch try reader.kind() {
        case .object: try reader.object { _, reader throws(JSONError) in try walk(&reader) }
        case .array: try reader.array { _, reader throws(JSONError) in try walk(&reader) }
        case .string: _ = try reader.string()
        case .number: _ = try reader.number()
        case .bool: _ = try reader.bool()
        case .null: try reader.skip()
        }
    }
}
