/// A value as Python writes it: what Ultralytics puts into the metadata of its files.
enum PythonLiteral: Hashable {
    case string(String)
    case integer(Int)
    /// Lists, and tuples.
    case list([PythonLiteral])
    /// In the order written.
    case dictionary([Entry])
    /// Anything else without structure: numbers with a fraction, `True`, `None`.
    case other(String)

    /// A key with its value.
    struct Entry: Hashable {
        let key, value: PythonLiteral
    }

    /// Parses a text; nil if it is no literal.
    init?(_ text: String) {
        var parser = Parser(rest: Array(text.unicodeScalars)[...])
        guard let value = parser.value(depth: 0), parser.isAtEnd else { return nil }
        self = value
    }

    /// The text of a string.
    var text: String? { if case .string(let text) = self { text } else { nil } }

    /// The number of an integer.
    var number: Int? { if case .integer(let number) = self { number } else { nil } }
}

private struct Parser {
    var rest: ArraySlice<Unicode.Scalar>

    /// Metadata are lists of names; what is nested deeper is no such thing.
    private static let depthLimit = 8

    init(rest: ArraySlice<Unicode.Scalar>) { self.rest = rest }

    var isAtEnd: Bool { rest.allSatisfy(\.properties.isWhitespace) }

    private mutating func skipSpace() { rest = rest.drop(while: \.properties.isWhitespace) }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        skipSpace()
        guard rest.first == scalar else { return false }
        rest.removeFirst()
        return true
    }

    mutating func value(depth: Int) -> PythonLiteral? {
        guard depth < Self.depthLimit else { return nil }
        skipSpace()
        switch rest.first {
        case "{": return dictionary(depth: depth)
        case "[": return list(closing: "]", depth: depth)
        case "(": return list(closing: ")", depth: depth)
        case "'", "\"": return string()
        case nil: return nil
        default: return word()
        }
    }

    private mutating func dictionary(depth: Int) -> PythonLiteral? {
        rest.removeFirst()
        var entries: [PythonLiteral.Entry] = []
        while !take("}") {
            guard let key = value(depth: depth + 1), take(":"), let value = value(depth: depth + 1) else { return nil }
            entries.append(.init(key: key, value: value))
            if take(",") { continue }
            return take("}") ? .dictionary(entries) : nil
        }
        return .dictionary(entries)
    }

    private mutating func list(closing end: Unicode.Scalar, depth: Int) -> PythonLiteral? {
        rest.removeFirst()
        var values: [PythonLiteral] = []
        while !take(end) {
            guard let value = value(depth: depth + 1) else { return nil }
            values.append(value)
            if take(",") { continue }
            return take(end) ? .list(values) : nil
        }
        return .list(values)
    }

    private mutating func word() -> PythonLiteral? {
        let word = rest.prefix { $0.properties.isAlphabetic || "0123456789+-._".unicodeScalars.contains($0) }
        guard !word.isEmpty else { return nil }
        rest = rest.dropFirst(word.count)
        let text = String(String.UnicodeScalarView(word))
        return Int(text).map { .integer($0) } ?? .other(text)
    }

    /// Python writes a string in single quotes unless it contains some, and escapes what cannot be printed.
    private mutating func string() -> PythonLiteral? {
        let quote = rest.removeFirst()
        var text = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            if scalar == quote { return .string(String(text)) }
            guard scalar == "\\" else {
                text.append(scalar)
                continue
            }
            guard let escape = rest.popFirst() else { return nil }
            switch escape {
            case "n": text.append("\n")
            case "t": text.append("\t")
            case "r": text.append("\r")
            case "x", "u", "U":
                let digits = rest.prefix(escape == "x" ? 2 : escape == "u" ? 4 : 8)
                guard let number = UInt32(String(String.UnicodeScalarView(digits)), radix: 16),
                    let scalar = Unicode.Scalar(number)
                else { return nil }
                rest = rest.dropFirst(digits.count)
                text.append(scalar)
            default: text.append(escape)
            }
        }
        return nil
    }
}
