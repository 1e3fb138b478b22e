/// Reads a text table row by row: RFC 4180, with `,`, `;` or a tab between the fields.
///
/// Lines end with CR LF, LF or CR. A field that begins with `"` extends to the next single `"`, across commas and line ends, and
/// `""` stands for one quote; a quote elsewhere is text. Empty lines are skipped. Every input is accepted: a row comes with its
/// error, if any.
package struct CSVReader: Sequence, IteratorProtocol {
    /// One row.
    package struct Row: Equatable, Sendable {
        /// The line, from 1, on which the row begins.
        package var line: Int
        /// The fields, with all their white space.
        package var fields: [String]
        /// What is wrong with the row, and on which line.
        package var fault: TextError?
    }

    /// Rows with more fields are cut off.
    static let maximumFields = 10_000

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    /// The field separator.
    package let separator: UInt8

    /// Creates a reader of a table.
    ///
    /// - Parameters:
    ///   - utf8: Text without a byte order mark.
    ///   - separator: The field separator; by default whichever of `,`, `;` and tab is most frequent in the first line.
    package init(_ utf8: [UInt8], separator: UInt8? = nil) {
        bytes = utf8
        self.separator = separator ?? Self.separator(of: utf8)
    }

    private static func separator(of bytes: [UInt8]) -> UInt8 {
        var (counts, isQuoted) = ([0, 0, 0], false)
        let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
        for byte in bytes.drop(while: isLineEnd) {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if isQuoted { continue }
            if isLineEnd(byte) { break }
            if let index = candidates.firstIndex(of: byte) { counts[index] += 1 }
        }
        let most = counts.max() ?? 0
        return counts.firstIndex(of: most).map { candidates[$0] } ?? candidates[0]
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0a || byte == 0x0d }

    /// Returns the next row; nil at the end.
    package mutating func next() -> Row? {
        while position < bytes.count, Self.isLineEnd(bytes[position]) { endLine() }
        guard position < bytes.count else { return nil }
        var row = Row(line: line, fields: [])
        while true {
            let field = readField(&row.fault)
            if row.fields.count < Self.maximumFields {
                row.fields.append(field)
            } else if row.fault == nil {
                row.fault = TextError(line: row.line, reason: "the row has more than \(Self.maximumFields) fields")
            }
            guard position < bytes.count, bytes[position] == separator else { break }
            position += 1
        }
        if position < bytes.count { endLine() }
        return row
    }

    private mutating func endLine() {
        let isPair = bytes[position] == 0x0d && position + 1 < bytes.count && bytes[position + 1] == 0x0a
        position += isPair ? 2 : 1
        line += 1
    }

    /// Reads up to a separator or the end of a line.
    private mutating func readField(_ fault: inout TextError?) -> String {
        if position < bytes.count, bytes[position] == UInt8(ascii: "\"") { return readQuoted(&fault) }
        let start = position
        skipPlain()
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func skipPlain() {
        while position < bytes.count, bytes[position] != separator, !Self.isLineEnd(bytes[position]) { position += 1 }
    }

    private mutating func readQuoted(_ fault: inout TextError?) -> String {
        let began = line
        position += 1
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                guard position < bytes.count, bytes[position] == byte else {
                    // Text after a closing quote is not quoted, but still belongs to the field.
                    let start = position
                    skipPlain()
                    return String(decoding: text + bytes[start..<position], as: UTF8.self)
                }
                text.append(byte)
                position += 1
            } else if Self.isLineEnd(byte) {
                let start = position
                endLine()
                text += bytes[start..<position]
            } else {
                text.append(byte)
                position += 1
            }
        }
        fault = fault ?? TextError(line: began, reason: "a '\"' is not closed; the rest of the file is one field")
        return String(decoding: text, as: UTF8.self)
    }
}
