import Foundation

/// The names of output files: one rule for all files of all commands.
///
/// A name consists of parts joined by dots, and an extension. The first part is the subject (an image's stem), the others say what the file
/// shows of it (a method, a class, a layer), as in `000003.circle.png`.
///
/// - Each part is made safe by itself, see ``part(_:limit:)``: never hidden, never outside its folder, readable, and short enough that the
///   whole name fits any file system, even with the suffix used while the file is being written.
/// - Different inputs of a job have different names, also on file systems that ignore case, normalization and invisible characters. Names
///   that need no change are kept; of several inputs with the same name, the first in byte order gets it, the others get `_2`, `_3` and so
///   on.
/// - No stem equals another one up to a dot, so `a` with the class `b.c` and `a.b` with the class `c` cannot collide: if there is an `a`,
///   `a.b` becomes `a_b`.
/// - Stems never equal the names of files that belong to no single image: ``reserved``.
///
/// So names depend only on the set of inputs, not on the command, the order, or the files of an earlier run.
package enum OutputNames {
    /// The names of files about all images, for any command and extension.
    package static let reserved: Set<String> = ["detections", "inspection", "preview", "sequence"]

    private static let longestStem = 120
    private static let longestPart = 56
    /// The file system's limit, less what is added to the name while the file is being written.
    static let longest = 255 - temporaryAffixLength

    /// Returns the name of a file made of safe parts, in order, and the extension.
    package static func file(_ parts: [String], extension fileExtension: String) -> String {
        let name = (parts + [fileExtension]).joined(separator: ".")
        precondition(name.utf8.count <= longest, "the name \(name) is longer than \(longest) bytes")
        return name
    }

    /// Returns the first part of the name for each image file: its stem; if stems collide, with the folder's name prepended; if they still
    /// do, with the extension appended as well.
    package static func stems(of files: [URL]) -> [String] {
        let names = files.map { FileName($0.lastPathComponent) }
        var parts = names.map { part($0.stem, limit: longestStem) }
        var isOwn = zip(parts, names).map { $0.isSame(as: $1.stem) }
        // A name keeps its form if it merely resembles a lengthened name of another file.
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

    /// Returns later parts of the name, one for each class, layer or output.
    ///
    /// - Parameter reserved: The parts used by files that belong to none of them.
    package static func parts(for names: [String], reserved: Set<String> = []) -> [String] {
        let wishes = names.map { name in
            let safe = part(name)
            return Wish(name: safe, isOwn: safe.isSame(as: name), source: name)
        }
        return assign(wishes, reserved: reserved, isFollowed: false)
    }

    /// Returns a text as a part of a file's name: normalized (NFC), with `_` for each `/`, `\`, control character, line break and invisible
    /// character, and for dots and spaces at both ends; `_` when empty. Text of more than `limit` bytes is cut and ends in a hash of the
    /// whole text.
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
    /// A requested name.
    private struct Wish {
        let name: String
        /// Whether the name is the source's own, unchanged.
        let isOwn: Bool
        /// What distinguishes the source from others, independent of order.
        let source: String
    }

    private static func assign(_ wishes: [Wish], reserved: Set<String>, isFollowed: Bool) -> [String] {
        var names = wishes.map(\.name)
        var claims = Claims(taken: reserved, isFollowed: isFollowed)
        // Sources keep their own names before others that merely resemble them, and shorter names come before longer ones.
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

    /// The names taken so far.
    private struct Claims {
        private var taken: Set<String>
        /// The beginnings of the taken names, each up to a dot.
        private var beginnings: Set<String> = []
        /// Whether more parts follow, so that a name must not continue where another ends.
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

/// A file's name, split into stem and extension; a name whose only dot is its first character has no extension.
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
    /// A form that is equal for all names that some file system treats as equal: without case and invisible characters.
    fileprivate var folded: String {
        let seen = unicodeScalars.filter { !$0.properties.isDefaultIgnorableCodePoint }
        return String(String.UnicodeScalarView(seen)).uppercased().lowercased()
    }

    /// The text with `_` for each dot, including dots with combining marks, which Swift treats as other characters.
    fileprivate var withoutDots: String {
        String(UnicodeScalarView(unicodeScalars.map { $0 == "." ? "_" : $0 }))
    }

    /// Compares bytes: Swift treats composed and decomposed characters as equal.
    fileprivate func isSame(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }

    /// Eight hexadecimal digits.
    fileprivate var shortHash: String {
        let hash = ContentHash(self).value
        let digits = String(UInt32(truncatingIfNeeded: hash ^ hash >> 32), radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}

extension Unicode.Scalar {
    fileprivate var isUnsafe: Bool {
        if self == "/" || self == "\\" || properties.isNoncharacterCodePoint { return true }
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: return true
        // Joiners belong to letters and emoji, tags to flags; other format characters only reverse or hide text.
        case .format: return !(value == 0x200c || value == 0x200d || (0xe0020...0xe007f).contains(value))
        default: return false
        }
    }

    fileprivate var isHiddenAtEnd: Bool { self == "." || properties.isWhitespace }
}
