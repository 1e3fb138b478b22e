import Foundation

extension JSONValue {
    /// Returns the document as text: numbers with the fewest digits that read back the same, members in their order.
    ///
    /// Invisible characters are escaped, so that no name in a document can control a terminal that shows it, or end a line of a script.
    /// Numbers that JSON cannot express (NaN, infinity) become `null`.
    ///
    /// - Parameter depth: The number of lists and objects around the value, by which its further lines are indented.
    public func text(pretty: Bool = false, depth: Int = 0) -> String {
        var result = ""
        write(to: &result, pretty: pretty, indent: depth)
        return result
    }

    /// Returns the document as file content: UTF-8 with a final line break.
    public func data(pretty: Bool = true) -> Data { Data((text(pretty: pretty) + "\n").utf8) }

    private func write(to text: inout String, pretty: Bool, indent: Int) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .number(let value): text += value.isFinite ? "\(value)" : "null"
        case .string(let value): Self.quote(value, into: &text)
        case .array(let values):
            // Lists of plain values stay on one line, so that boxes and shapes are easy to read.
            let breaks = pretty && values.contains { $0.isCompound }
            Self.list(values, "[", "]", breaks: breaks, spaced: pretty, indent: indent, into: &text) { value, text in
                value.write(to: &text, pretty: pretty, indent: indent + 1)
            }
        case .object(let object):
            Self.list(Array(object), "{", "}", breaks: pretty, spaced: pretty, indent: indent, into: &text) {
                member, text in
                Self.quote(member.key, into: &text)
                text += pretty ? ": " : ":"
                member.value.write(to: &text, pretty: pretty, indent: indent + 1)
            }
        }
    }

    private var isCompound: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }

    private static func list<Item>(
        _ items: [Item], _ open: String, _ close: String, breaks: Bool, spaced: Bool, indent: Int,
        into text: inout String, write: (Item, inout String) -> Void
    ) {
        text += open
        for (index, item) in items.enumerated() {
            if index > 0 { text += breaks || !spaced ? "," : ", " }
            if breaks { text += "\n" + String(repeating: "  ", count: indent + 1) }
            write(item, &text)
        }
        if breaks && !items.isEmpty { text += "\n" + String(repeating: "  ", count: indent) }
        text += close
    }

    private static func quote(_ value: String, into text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            // Control characters, line separators, and marks that change the direction of writing.
            case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{61c}", "\u{200e}", "\u{200f}", "\u{2028}"..."\u{202e}",
                "\u{2066}"..."\u{2069}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
