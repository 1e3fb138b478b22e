import Foundation

/// Finds entries of a data set from lines of lists: names, file names or paths, optionally followed by flags or other columns.
struct EntryFinder {
    private let exact: [String: [Int]]
    /// Entries by their names in lower case.
    private let byStem: [String: [Int]]
    private let paths: [[Substring]]
    private let exactNamesakes, namesakes: SharedNames

    init(_ images: [RawImage], names: [String]) {
        var (exact, byStem): ([String: [Int]], [String: [Int]]) = ([:], [:])
        for (index, image) in images.enumerated() {
            var stems: Set<String> = [ImageFinder.lastPart(names[index])]
            if let file = image.imageFile { stems.formUnion([file.stem, file.name]) }
            if let file = image.annotationFile { stems.formUnion([file.stem, file.name]) }
            for stem in stems { exact[stem, default: []].append(index) }
            for stem in Set(stems.map { $0.lowercased() }) { byStem[stem, default: []].append(index) }
        }
        self.exact = exact
        self.byStem = byStem
        let paths = images.map { $0.imageFile?.folders ?? $0.annotationFile?.folders ?? [] }
        self.paths = paths
        exactNamesakes = SharedNames(exact) { paths[$0] }
        namesakes = SharedNames(byStem) { paths[$0] }
    }

    /// Returns the entry that a line names; nil when there is none or several.
    func position(of line: String, base: [Substring]) -> Int? {
        var readings = [line]
        if let name = Self.withoutFlag(line) { readings.append(name) }
        if let word = line.split(whereSeparator: { $0.isWhitespace || $0 == "," || $0 == ";" }).first {
            readings.append(String(word))
        }
        for reading in readings {
            let parts = reading.split(whereSeparator: { "/\\".contains($0) })
            guard let last = parts.last.map(String.init) else { continue }
            let names = Self.hasKnownEnding(last) ? [last, FileName.stem(last)] : [last]
            let folders = Array(parts.dropLast())
            if let name = names.first(where: { exact[$0] != nil }) {
                if let index = best(of: name, in: exact, exactNamesakes, folders: folders, base: base) { return index }
            } else if let name = names.lazy.map({ $0.lowercased() }).first(where: { byStem[$0] != nil }) {
                if let index = best(of: name, in: byStem, namesakes, folders: folders, base: base) { return index }
            }
        }
        return nil
    }

    private func best(
        of name: String, in table: [String: [Int]], _ namesakes: SharedNames, folders: [Substring], base: [Substring]
    ) -> Int? {
        namesakes.has(name)
            ? best(ofMany: name, in: namesakes, folders: folders, base: base)
            : best(of: table[name] ?? [], folders: folders, base: base)
    }

    /// Returns the same as ``best(of:folders:base:)`` without comparing every entry.
    private func best(
        ofMany name: String, in namesakes: SharedNames, folders: [Substring], base: [Substring]
    ) -> Int? {
        func only(_ found: [Int]) -> Int? { found.count == 1 ? found[0] : nil }
        for isBelow in [true, false] {
            for count in stride(from: folders.count, to: 0, by: -1) {
                let found = namesakes.files(of: name, endingWith: folders.suffix(count)).filter {
                    !isBelow || paths[$0].starts(with: base)
                }
                if !found.isEmpty { return only(found) }
            }
            if isBelow {
                if base.isEmpty { return nil }
                let below = namesakes.files(of: name, beginningWith: base)
                if !below.isEmpty { return only(below) }
            }
        }
        return nil
    }

    private func best(of candidates: [Int], folders: [Substring], base: [Substring]) -> Int? {
        if candidates.count < 2 { return candidates.first }
        let fits = candidates.map { index -> Int in
            let own = paths[index]
            let isBelow = own.starts(with: base)
            let shared = zip(own.reversed(), folders.reversed()).prefix { $0 == $1 }.count
            return (isBelow ? 1000 : 0) + shared
        }
        guard let best = fits.max() else { return nil }
        let chosen = zip(candidates, fits).filter { $0.1 == best }.map(\.0)
        return chosen.count == 1 ? chosen[0] : nil
    }

    private static func hasKnownEnding(_ name: String) -> Bool {
        FileSystem.isImageName(name) || ["xml", "txt", "json"].contains(FileName.ending(name))
    }

    /// Removes the flag at the end of a line: `000001 -1` -> `000001`; nil when there is none.
    static func withoutFlag(_ line: String) -> String? {
        guard let cut = line.lastIndex(where: \.isWhitespace),
            ["-1", "0", "1", "+1"].contains(line[line.index(after: cut)...])
        else { return nil }
        return String(line[..<cut]).trimmingWhiteSpace()
    }
}
