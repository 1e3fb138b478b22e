/// Returns the line, from 1, of the key at a path, or of the nearest enclosing key; nil when the document has neither.
public func lineOfKey(path: [String], in text: String) -> Int? {
    JSONPositions(text).line(of: path.joined(separator: "."))
}

/// The positions of a document's keys, which json-c does not report.
///
/// Reads only as much syntax as needed; the document has already been validated.
public struct JSONPositions: Sendable {
    /// The line, from 1, of each key, by its dotted path (`training.epochs`, `images[3].id`).
    public private(set) var lines: [String: Int] = [:]
    /// The first key that appears twice in its object.
    private(set) var duplicate: (path: String, line: Int)?
    /// The line of the first key with a null character, up to which json-c would read it.
    private(set) var lineOfNull: Int?

    private struct Level {
        var isObject: Bool
        var index = 0
        var keys: Set<String> = []
        var key: String?
    }

    /// Reads the positions in a text.
    public init(_ text: String) { self.init(Array(text.utf8), recordingLines: true) }

    /// Returns the line of a key, or of the nearest enclosing one.
    public func line(of path: String) -> Int? {
        var path = Substring(path)
        while true {
            if let line = lines[String(path)] { return line }
            guard let cut = path.lastIndex(where: { $0 == "." || $0 == "[" }) else { return nil }
            path = path[..<cut]
        }
    }

    init(_ bytes: [UInt8], recordingLines: Bool = false) {
        var levels: [Level] = []
        var line = 1
        var position = 0
        while position < bytes.count {
            let next = Self.skipSpace(bytes, from: position)
            line += Self.newlines(bytes, position..<next)
            position = next
            guard position < bytes.count else { break }
            switch bytes[position] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                levels.append(Level(isObject: bytes[position] == UInt8(ascii: "{")))
            case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = levels.popLast()
            case UInt8(ascii: ","):
                if let last = levels.indices.last {
                    levels[last].index += 1
                    levels[last].key = nil
                }
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                let end = Self.endOfString(bytes, from: position)
                if let last = levels.indices.last, levels[last].isObject, levels[last].key == nil {
                    let key = Self.key(bytes[position..<end])
                    levels[last].key = key
                    let isNew = levels[last].keys.insert(key).inserted
                    let path = recordingLines || !isNew ? Self.path(levels) : ""
                    if !isNew && duplicate == nil { duplicate = (path, line) }
                    if lineOfNull == nil && key.utf8.contains(0) { lineOfNull = line }
                    if recordingLines { lines[path] = lines[path] ?? line }
                }
                line += Self.newlines(bytes, position..<end)
                position = end - 1
            default: break
            }
            position += 1
        }
    }

    /// The path of the value that is read next at the innermost level.
    private static func path(_ levels: [Level]) -> String {
        levels.reduce("") { path, level in
            guard level.isObject else { return "\(path)[\(level.index)]" }
            return path.isEmpty ? level.key ?? "" : "\(path).\(level.key ?? "")"
        }
    }

    /// Returns the first byte at or after `start` that is neither white space nor part of a comment.
    static func skipSpace(_ bytes: [UInt8], from start: Int) -> Int {
        var position = start
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0a, 0x0d: position += 1
            case UInt8(ascii: "/") where position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "/"):
                while position < bytes.count && bytes[position] != 0x0a { position += 1 }
            case UInt8(ascii: "/") where position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "*"):
                position += 2
                while position < bytes.count
                    && !(bytes[position] == UInt8(ascii: "/") && bytes[position - 1] == UInt8(ascii: "*"))
                {
                    position += 1
                }
                position = min(position + 1, bytes.count)
            default: return position
            }
        }
        return position
    }

    /// Returns a key without its quotation marks and escapes.
    private static func key(_ quoted: ArraySlice<UInt8>) -> String {
        if quoted.contains(UInt8(ascii: "\\")) {
            let unescaped = quoted.withUnsafeBytes { bytes in
                var reader = JSONReader(bytes)
                return try? reader.string()
            }
            if let unescaped { return unescaped }
        }
        return String(decoding: quoted.dropFirst().dropLast(), as: UTF8.self)
    }

    private static func endOfString(_ bytes: [UInt8], from start: Int) -> Int {
        var position = start + 1
        while position < bytes.count && bytes[position] != bytes[start] {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(position + 1, bytes.count)
    }

    private static func newlines(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
        range.reduce(0) { $0 + (bytes[$1] == 0x0a ? 1 : 0) }
    }
}
