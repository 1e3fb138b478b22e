import Foundation
import Yams

/// A small YAML document whose root is a mapping.
struct YAMLDocument {
    /// The reason why a document cannot be read.
    struct Fault: Error {
        var reason: String
        var line: Int?
    }

    private let members: [(key: String, value: Node)]

    /// The maximum size of a configuration.
    private static let maximumBytes = 4 << 20
    /// The maximum nesting depth and number of aliases, beyond any real configuration.
    private static let (maximumDepth, maximumAliases) = (50, 20)

    /// Reads a file.
    ///
    /// - Throws: ``Fault`` when the file cannot be read, or is something else.
    init(_ url: URL) throws(Fault) {
        let text: String
        do {
            text = String(decoding: try TextFile(url, limit: Self.maximumBytes, allowsGuess: true).utf8, as: UTF8.self)
        } catch { throw Fault(reason: error.reason, line: error.line) }
        try Self.requireTame(text)
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch { throw Self.fault(error) }
        guard case .mapping(let mapping) = root else {
            throw Fault(reason: "it is not YAML with 'name: value' lines", line: 1)
        }
        members = mapping.compactMap { pair in pair.key.scalar.map { ($0.string, pair.value) } }
    }

    /// The value of a top-level key; nil when it is missing or empty.
    subscript(_ key: String) -> Node? {
        guard let node = members.first(where: { $0.key == key })?.value else { return nil }
        if let scalar = node.scalar, scalar.style == .plain, ["", "~", "null"].contains(scalar.string) { return nil }
        return node
    }

    func line(of node: Node) -> Int? { node.mark?.line }

    /// Limits nesting and aliases: the library reads by recursion and copies the content of aliases.
    private static func requireTame(_ text: String) throws(Fault) {
        var (depth, deepest, aliases) = (0, 0, 0)
        var (line, indents, isAtStart) = (1, 0, true)
        var previous = UInt8(ascii: "\n")
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(0, depth - 1)
            case UInt8(ascii: "*"):
                if previous <= 0x20 || [UInt8(ascii: "["), UInt8(ascii: ","), UInt8(ascii: "{")].contains(previous) {
                    aliases += 1
                }
            case UInt8(ascii: "\n"): (line, indents, isAtStart) = (line + 1, 0, true)
            default: break
            }
            // `- - - x` nests by its dashes, lines nest by their indentation.
            if isAtStart, byte == UInt8(ascii: "-") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: ":") {
                indents += 1
            }
            if byte > 0x20, ![UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":")].contains(byte) {
                isAtStart = false
            }
            previous = byte
            deepest = max(deepest, depth, indents)
            if deepest > maximumDepth { throw Fault(reason: "its lists are nested too deeply", line: line) }
            if aliases > maximumAliases { throw Fault(reason: "it has too many aliases", line: line) }
        }
    }

    private static func fault(_ error: any Error) -> Fault {
        switch error {
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            Fault(reason: "it is not valid YAML: \(problem)", line: mark.line)
        case YamlError.reader(let problem, _, _, _): Fault(reason: "it is not valid YAML: \(problem)")
        case YamlError.duplicatedKeysInMapping(let keys, let context):
            Fault(reason: "'\(keys.first?.prefix(40) ?? "")' appears twice", line: context.mark.line)
        default: Fault(reason: "it is not valid YAML")
        }
    }
}
