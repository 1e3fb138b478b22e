/// Reads a document of any size from front to back, value by value, without storing it.
///
/// The caller decides how each value is read: ``object(_:)`` and ``array(_:)`` call a closure for each member or element, which reads
/// the value or leaves it to be skipped. A value is consumed completely or not at all: a method that throws because the value is of
/// another kind does not consume it. A closure of an outer level may also catch an error from an inner level and continue: the rest
/// of its own value is skipped.
///
/// The same extensions of JSON are accepted as by ``JSONValue/init(parsing:file:)``: comments (`//`, `/* */`), a comma after the last
/// element, text in single quotes, words in any case, `007` and `7.`. `NaN`, `Infinity` and `-Infinity` are numbers. Invalid UTF-8 and
/// unpaired surrogates are replaced by U+FFFD. If keys are equal, all are reported.
///
/// Errors are ``JSONError``; one that leaves a closure gets the file, the line where the value began, and the path to it, unless it
/// already has them.
public struct JSONReader: ~Copyable {
    /// The kind of the next value.
    public enum Kind: Sendable {
        /// `null`.
        case null
        /// `true` or `false`.
        case bool
        /// A number, including `NaN` and the infinities.
        case number
        /// Text.
        case string
        /// A list.
        case array
        /// Named values.
        case object
    }

    let bytes: UnsafeBufferPointer<UInt8>
    /// The document's name in errors.
    public let file: String
    /// The number of bytes read.
    public internal(set) var offset = 0
    /// The number of lists and objects being read by closures.
    var depth = 0
    /// A position whose line is known.
    private var known = (offset: 0, line: 1)

    /// Creates a reader of a document.
    ///
    /// - Parameters:
    ///   - bytes: UTF-8, with or without a byte order mark; the memory must remain valid while the reader is used.
    ///   - file: The document's name in errors.
    public init(_ bytes: UnsafeRawBufferPointer, file: String = "") {
        self.bytes = bytes.bindMemory(to: UInt8.self)
        self.file = file
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { offset = 3 }
    }

    /// The reader's current line, from 1. The cost is proportional to the distance from the last query.
    public var line: Int {
        mutating get { line(at: offset) }
    }

    /// Returns the line of a position, from 1.
    mutating func line(at place: Int) -> Int {
        let range = min(known.offset, place)..<max(known.offset, place)
        var breaks = 0
        for byte in UnsafeBufferPointer(rebasing: bytes[range]) { breaks &+= byte == 0x0a ? 1 : 0 }
        known = (place, known.line + (place < known.offset ? -breaks : breaks))
        return known.line
    }

    /// Returns the kind of the next value without consuming it.
    ///
    /// - Throws: ``JSONError`` when there is no next value.
    public mutating func kind() throws(JSONError) -> Kind {
        try scan { scanner, position throws(JSONScanner.Fault) in try scanner.kind(&position) }
    }

    /// Requires that only white space and comments follow.
    public mutating func end() throws(JSONError) {
        try scan { scanner, position throws(JSONScanner.Fault) in try scanner.skipSpace(&position) }
        if offset < bytes.count { throw fault(at: offset, "there is more text after the end of the document") }
    }
}

extension JSONReader {
    /// Reads something, or throws without consuming anything.
    @inline(__always)
    mutating func scan<Result>(
        _ body: (JSONScanner, _ position: inout Int) throws(JSONScanner.Fault) -> Result
    ) throws(JSONError) -> Result {
        var position = offset
        do {
            let result = try body(JSONScanner(bytes: bytes), &position)
            offset = position
            return result
        } catch { throw fault(at: error.place, error.reason) }
    }

    /// Throws when the next value is of another kind.
    @inline(__always)
    mutating func require(_ expected: Kind, _ words: String) throws(JSONError) {
        let kind = try kind()
        if kind != expected { throw mismatch(words, kind) }
    }

    private mutating func mismatch(_ expected: String, _ kind: Kind) -> JSONError {
        let found =
            switch kind {
            case .null: "null"
            case .bool: "true or false"
            case .number: "a number"
            case .string: "text"
            case .array: "a list"
            case .object: "an object"
            }
        return fault(at: offset, "should be \(expected), not \(found)")
    }

    private mutating func fault(at place: Int, _ reason: String) -> JSONError {
        JSONError(file: file, line: line(at: place), reason: reason)
    }
}
