/// Reads a document of any size from front to back, value by value, and keeps none of it.
///
/// Whoever reads says what comes next: ``object(_:)`` and ``array(_:)`` hand out members and elements, and each closure reads
/// its value, or leaves it, and then it is skipped. A value is consumed wholly or not at all: a method that throws because the
/// value is of another kind leaves it where it is. A closure of an outer level may even catch what was thrown further in and go
/// on: the rest of its own value is skipped.
///
/// What is accepted beyond JSON is what ``JSONValue/init(parsing:file:)`` accepts, too: comments (`//`, `/* */`), a comma after
/// the last element, text in single quotes, words in any case, `007` and `7.`. `NaN`, `Infinity` and `-Infinity` are numbers.
/// Text that is not UTF-8 is repaired with U+FFFD, and so are halves of surrogate pairs. Of equal keys all are handed out.
///
/// Errors are ``JSONError``; one that leaves a closure gets the file, the line where the value began, and the path to it, as
/// far as it does not have them.
public struct JSONReader: ~Copyable {
    /// What kind of value comes next.
    public enum Kind: Sendable {
        /// `null`.
        case null
        /// `true` or `false`.
        case bool
        /// A number, `NaN` and the infinities among them.
        case number
        /// Text.
        case string
        /// A list.
        case array
        /// Named values.
        case object
    }

    let bytes: UnsafeBufferPointer<UInt8>
    /// What errors call the document.
    public let file: String
    /// How many bytes have been read.
    public internal(set) var offset = 0
    /// How many lists and objects are being read by closures.
    var depth = 0
    /// A place whose line is known.
    private var known = (offset: 0, line: 1)

    /// A reader of a document.
    ///
    /// - Parameters:
    ///   - bytes: UTF-8, with or without a byte order mark; they must stay where they are as long as the reader is used.
    ///   - file: What errors call the document.
    public init(_ bytes: UnsafeRawBufferPointer, file: String = "") {
        self.bytes = bytes.bindMemory(to: UInt8.self)
        self.file = file
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { offset = 3 }
    }

    /// The line, from 1, on which the reader stands. Costs no more than the way from where it was last asked for.
    public var line: Int {
        mutating get { line(at: offset) }
    }

    /// The line of a place, from 1.
    mutating func line(at place: Int) -> Int {
        let range = min(known.offset, place)..<max(known.offset, place)
        var breaks = 0
        for byte in UnsafeBufferPointer(rebasing: bytes[range]) { breaks &+= byte == 0x0a ? 1 : 0 }
        known = (place, known.line + (place < known.offset ? -breaks : breaks))
        return known.line
    }

    /// The kind of the value that comes next, which stays where it is.
    ///
    /// - Throws: ``JSONError`` when no value comes next.
    public mutating func kind() throws(JSONError) -> Kind {
        try scan { scanner, position throws(JSONScanner.Fault) in try scanner.kind(&position) }
    }

    /// Sees to it that nothing follows but white space and comments.
    public mutating func end() throws(JSONError) {
        try scan { scanner, position throws(JSONScanner.Fault) in try scanner.skipSpace(&position) }
        if offset < bytes.count { throw fault(at: offset, "there is more text after the end of the document") }
    }
}

extension JSONReader {
    /// Reads something, or throws and stays where it is.
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

    /// Throws when the value that comes next is of another kind.
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
