import CJSONC
import Foundation

extension JSONValue {
    /// The maximum nesting depth of lists and objects.
    static let maximumDepth = 128

    /// The most bytes of a document that is read as a whole: json-c's objects and the values stand in memory together and take up to 31
    /// times as much. ``JSONReader`` reads documents of any size.
    public static let maximumBytes = 16 << 20

    /// Reads a document of at most ``maximumBytes``; `//` and `/* */` comments are allowed.
    ///
    /// - Parameter file: The document's name in errors.
    /// - Throws: ``JSONError`` with the line of the first error.
    public init(parsing text: String, file: String = "") throws(JSONError) {
        try self.init(bytes: Array(text.utf8), file: file)
    }

    /// Reads a file; see ``init(parsing:file:)``.
    public init(contentsOf url: URL) throws(JSONError) {
        try Self.requireSize(of: url, name: url.path)
        let data: Data
        do { data = try Data(contentsOf: url) } catch {
            throw JSONError(file: url.path, reason: Self.reason(against: url))
        }
        try self.init(bytes: Array(data), file: url.path)
    }

    /// Refuses a file of more than ``maximumBytes`` without opening it; one that does not exist is not refused.
    ///
    /// - Parameter name: The file's name in errors.
    public static func requireSize(of url: URL, name: String) throws(JSONError) {
        var status = stat()
        guard stat(url.path, &status) == 0 else { return }
        try requireSize(Int(status.st_size), file: name)
    }

    private static func requireSize(_ count: Int, file: String) throws(JSONError) {
        if count <= maximumBytes { return }
        throw JSONError(
            file: file, reason: "it is larger than \(maximumBytes >> 20) MB, the most that is read of such a document")
    }

    /// What an allocation that failed is called, wherever json-c shows one.
    fileprivate static let noMemory = "there is not enough memory to read it"

    /// Returns why the system did not read a file.
    private static func reason(against url: URL) -> String {
        let descriptor = open(url.path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        var byte: UInt8 = 0
        let code = descriptor < 0 || read(descriptor, &byte, 1) < 0 ? errno : 0
        if descriptor >= 0 { close(descriptor) }
        if [ENOENT, ENOTDIR].contains(code) { return "there is no such file" }
        return "the file cannot be read" + (code == 0 ? "" : ": \(String(cString: strerror(code)).lowercased())")
    }

    private init(bytes: [UInt8], file: String) throws(JSONError) {
        try Self.requireSize(bytes.count, file: file)
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw JSONError(file: file, reason: "this is not UTF-8 text")
        }
        let tokener = try Tokener(file: file)
        let root = try tokener.parse(bytes)
        defer { json_object_put(root) }
        // json-c silently keeps the last of two equal keys, and a setting that disappears is a trap.
        let positions = JSONPositions(bytes)
        if let line = positions.lineOfNull {
            throw JSONError(file: file, line: line, reason: "a key contains a null character")
        }
        if let duplicate = positions.duplicate {
            throw JSONError(file: file, path: duplicate.path, line: duplicate.line, reason: "appears twice")
        }
        do { self = try JSONValue(root) } catch {
            throw JSONError(file: file, path: error.path, reason: error.reason)
        }
    }

    private init(_ object: OpaquePointer?) throws(JSONError) {
        switch json_object_get_type(object) {
        case json_type_null: self = .null
        case json_type_boolean: self = .bool(json_object_get_boolean(object) != 0)
        case json_type_int:
            // json-c silently returns the nearest number that fits.
            guard json_object_get_uint64(object) <= UInt64(Int.max) else {
                throw JSONError(reason: "a whole number does not fit 64 bits")
            }
            self = .integer(Int(json_object_get_int64(object)))
        case json_type_double:
            let value = json_object_get_double(object)
            guard value.isFinite else { throw JSONError(reason: "a number is not finite") }
            self = .number(value)
        case json_type_string: self = .string(try Self.text(object))
        case json_type_array:
            let count = json_object_array_length(object)
            var elements: [JSONValue] = []
            elements.reserveCapacity(count)
            for index in 0..<count { elements.append(try JSONValue(json_object_array_get_idx(object, index))) }
            self = .array(elements)
        default:
            var members = JSONObject()
            var iterator = json_object_iter_begin(object)
            var end = json_object_iter_end(object)
            while json_object_iter_equal(&iterator, &end) == 0 {
                if let name = json_object_iter_peek_name(&iterator) {
                    members[String(cString: name)] = try JSONValue(json_object_iter_peek_value(&iterator))
                }
                json_object_iter_next(&iterator)
            }
            self = .object(members)
        }
    }

    private static func text(_ object: OpaquePointer?) throws(JSONError) -> String {
        guard let start = json_object_get_string(object) else { throw JSONError(reason: noMemory) }
        let length = Int(json_object_get_string_len(object))
        return start.withMemoryRebound(to: UInt8.self, capacity: length) {
            String(decoding: UnsafeBufferPointer(start: $0, count: length), as: UTF8.self)
        }
    }
}

/// json-c's parser.
private final class Tokener {
    private let handle: UnsafeMutablePointer<json_tokener>
    private let file: String

    init(file: String) throws(JSONError) {
        guard let handle = json_tokener_new_ex(Int32(JSONValue.maximumDepth)) else {
            throw JSONError(file: file, reason: JSONValue.noMemory)
        }
        self.handle = handle
        self.file = file
    }

    deinit { json_tokener_free(handle) }

    /// The document, to be released by the caller; nil stands for `null`.
    func parse(_ bytes: [UInt8]) throws(JSONError) -> OpaquePointer? {
        // The terminating zero marks the end of a document that is a bare number.
        let root = (bytes + [0]).withUnsafeBytes { raw in
            json_tokener_parse_ex(handle, raw.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(raw.count))
        }
        let status = json_tokener_get_error(handle)
        let end = Int(json_tokener_get_parse_end(handle))
        guard status == json_tokener_success else {
            let incomplete = status == json_tokener_continue || end >= bytes.count
            let words = incomplete ? "the text ends too early" : String(cString: json_tokener_error_desc(status))
            throw JSONError(file: file, line: line(end, bytes), reason: words)
        }
        // json-c ends without an error and without a value when an allocation fails; only `null` has none either.
        let first = JSONPositions.skipSpace(bytes, from: 0)
        if root == nil, first < bytes.count, bytes[first] | 0x20 != UInt8(ascii: "n") {
            throw JSONError(file: file, reason: JSONValue.noMemory)
        }
        let rest = JSONPositions.skipSpace(bytes, from: min(end, bytes.count))
        if rest < bytes.count {
            json_object_put(root)
            throw JSONError(
                file: file, line: line(rest, bytes), reason: "there is more text after the end of the document")
        }
        return root
    }

    private func line(_ offset: Int, _ bytes: [UInt8]) -> Int {
        1 + bytes.prefix(min(offset, bytes.count)).reduce(0) { $0 + ($1 == 10 ? 1 : 0) }
    }
}
