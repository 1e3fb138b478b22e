import Foundation

/// What output files are called: one rule for all files of all commands.
///
/// A name is parts joined by dots, and an extension: first what it is about (an image's stem), then what it shows of that (a method,
/// a class, a layer), as in `000003.circle.png`.
///
/// - Each part is made safe by itself, see ``part(_:limit:)``: never hidden, never outside of its folder, readable, and so short that
///   the whole name fits any file system, too while the file is being written.
/// - Different inputs of a job have different names, on file systems that ignore case, normalization and invisible characters, too.
///   Whoever needs no change keeps its name; of several that want the same one, the first in the order of their bytes
///   has it, and the others get `_2`, `_3` and so on.
/// - No stem is another's up to a dot, so `a` with the class `b.c` and `a.b` with the class `c` cannot meet: beside an `a`,
///   `a.b` is called `a_b`.
/// - Stems are never the names of files that are about no single image: ``reserved``.
///
/// So a name depends on the set of inputs alone: not on the command, the order, or what an earlier run left.
package enum OutputNames {
    /// What files about all images are called, in any command and with any extension.
    package static let reserved: Set<String> = ["detections", "inspection", "preview", "sequence"]

    private static let longestStem = 120
    private static let longestPart = 56
    /// A file system's limit, less what the file's name is longer by until the file is whole.
    static let longest = 255 - temporaryAffixLength

    /// The name of a file: parts that are safe already, in their order, and the extension.
    package static func file(_ parts: [String], extension fileExtension: String) -> String {
        let name = (parts + [fileExtension]).joined(separator: ".")
        precondition(name.utf8.count <= longest, "the name \(name) is longer than \(longest) bytes")
        return name
    }

    /// A name's first part for each image file: its stem; where stems agree, with the folder's name before it, and where that
    /// does not help, its extension after it, too.
    package static func stems(of files: [URL]) -> [String] {
        let names = files.map { FileName($0.lastPathComponent) }
        var parts = names.map { part($0.stem, limit: longestStem) }
        var isOwn = zip(parts, names).map { $0.isSame(as: $1.stem) }
        // A name that only looks like a longer one of another file stays as it is.
        func lengthen(sparingOwn: Bool, _ longer: (_ folder: String, FileName) -> String) {
            let counts = Dictionary(parts.map { ($0.folded, 1) }, uniquingKeysWith: +)
            for index in parts.indices where counts[parts[index].folded] ?? 0 > 1 && !(sparingOwn && isOwn[index]) {
                let folder = files[index].standardizedFileURL.deletingLastPathComponent().lastPathComponent
                parts[index] = part(longer(folder, names[index]), limit: longestStem)
                isOwn[index] = false
            }
        }
        lengthen(sparingOwn: false) { "\($0)_\($1.stem)" }
        lengthen(sparingOwn: true) { "\($0)_\($1.stem)_\($1.fileExtension)" }
        let wishes = parts.indices.map {
            Wish(name: parts[$0], isOwn: isOwn[$0], source: files[$0].standardizedFileURL.path)
        }
        return assign(wishes, reserved: reserved, isFollowed: true)
    }

    /// A later part of a name for each class, layer or output.
    ///
    /// - Parameter reserved: What files that are about none of them have in its place.
    package static func parts(for names: [String], reserved: Set<String> = []) -> [String] {
        let wishes = names.map { name in
            let safe = part(name)
            return Wish(name: safe, isOwn: safe.isSame(as: name), source: name)
        }
        return assign(wishes, reserved: reserved, isFollowed: false)
    }

    /// A text as a part of a file's name: normalized (NFC), with `_` for each `/`, `\`, control, line break and invisible sign, and
    /// for dots and blanks at both ends; `_` when empty. What is longer than `limit` bytes is cut, and ends in a hash of all of it.
    package static func part(_ text: String, limit: Int = longestPart) -> String {
        var scalars = text.precomposedStringWithCanonicalMapping.unicodeScalars.map { $0.isUnsafe ? "_" : $0 }
        for index in scalars.indices.prefix(while: { scalars[$0].isHiddenAtEnd }) { scalars[index] = "_" }
        for index in scalars.indices.reversed().prefix(while: { scalars[$0].isHiddenAtEnd }) { scalars[index] = "_" }
        if scalars.isEmpty { scalars = ["_"] }
        let name = String(String.UnicodeScalarView(scalars))
        if name.utf8.count <= limit { return name }
        let end = "~" + text.shortHash
        var kept = Substring(name)
        while kept.utf8.count > limit - end.utf8.count { kept.removeLast() }
        return kept + end
    }
}

extension OutputNames {
    /// What somebody would like to be called.
    private struct Wish {
        let name: String
        /// Whether that is what its source is called.
        let isOwn: Bool
        /// What tells it from the others, whatever their order.
        let source: String
    }

    private static func assign(_ wishes: [Wish], reserved: Set<String>, isFollowed: Bool) -> [String] {
        var names = wishes.map(\.name)
        var claims = Claims(taken: reserved, isFollowed: isFollowed)
        // Nobody loses a name to somebody who only resembles it, and shorter names do not lose theirs to longer ones.
        let ranks = wishes.map { wish in
            (
                wish.isOwn ? 0 : 1, isFollowed ? wish.name.unicodeScalars.count { $0 == "." } : 0,
                Array((wish.name + "\0" + wish.source).utf8)
            )
        }
        let order = wishes.indices.sorted { left, right in
            let (one, other) = (ranks[left], ranks[right])
            if (one.0, one.1) != (other.0, other.1) { return (one.0, one.1) < (other.0, other.1) }
            return one.2 == other.2 ? left < right : one.2.lexicographicallyPrecedes(other.2)
        }
        let rest = order.filter { !claims.take(names[$0]) }
        var numbers: [String: Int] = [:]
        for index in rest {
            let base = isFollowed ? names[index].withoutDots : names[index]
            var number = numbers[base.folded] ?? 1
            repeat {
                names[index] = number == 1 ? base : "\(base)_\(number)"
                number += 1
            } while !claims.take(names[index])
            numbers[base.folded] = number
        }
        return names
    }

    /// The names that are given away.
    private struct Claims {
        private var taken: Set<String>
        /// What the taken names begin with, up to a dot.
        private var beginnings: Set<String> = []
        /// Whether other parts follow, so that a name must not go on where another ends.
        private let isFollowed: Bool

        init(taken: Set<String>, isFollowed: Bool) {
            self.taken = Set(taken.map(\.folded))
            self.isFollowed = isFollowed
        }

        /// - Returns: Whether the name was free.
        mutating func take(_ name: String) -> Bool {
            let name = name.folded
            let signs = name.unicodeScalars
            let own = isFollowed ? signs.indices.filter { signs[$0] == "." }.map { String(signs[..<$0]) } : []
            if taken.contains(name) || beginnings.contains(name) || own.contains(where: taken.contains) { return false }
            taken.insert(name)
            beginnings.formUnion(own)
            return true
        }
    }
}

/// A file's name in two parts; what begins with its only dot has no extension.
private struct FileName {
    let stem, fileExtension: String

    init(_ name: String) {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex, name.index(after: dot) != name.endIndex else {
            (stem, fileExtension) = (name, "")
            return
        }
        (stem, fileExtension) = (String(name[..<dot]), String(name[name.index(after: dot)...]))
    }
}

extension String {
    /// The same for all names that some file system takes for one: without case and without what is never seen.
    fileprivate var folded: String {
        let seen = unicodeScalars.filter { !$0.properties.isDefaultIgnorableCodePoint }
        return String(String.UnicodeScalarView(seen)).uppercased().lowercased()
    }

    /// With `_` for each dot; also for those under marks, which with their mark are another character to Swift.
    fileprivate var withoutDots: String {
        String(UnicodeScalarView(unicodeScalars.map { $0 == "." ? "_" : $0 }))
    }

    /// Swift takes a letter and its parts for the same.
    fileprivate func isSame(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }

    /// Eight hexadecimal digits (FNV-1a).
    fileprivate var shortHash: String {
        let hash = utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let digits = String(UInt32(truncatingIfNeeded: hash ^ hash >> 32), radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}

extension Unicode.Scalar {
    fileprivate var isUnsafe: Bool {
        if self == "/" || self == "\\" || properties.isNoncharacterCodePoint { return true }
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: return true
        // Joiners belong to letters and emoji, tags to flags; others only turn and hide what is read.
        case .format: return !(value == 0x200c || value == 0x200d || (0xe0020...0xe007f).contains(value))
        default: return false
        }
    }

    fileprivate var isHiddenAtEnd: Bool { self == "." || properties.isWhitespace }
}
