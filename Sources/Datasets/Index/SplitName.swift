/// The split that a name indicates: `train2017`, `Valid`, `images_test`, and, among similar names, `WIDER_train` beside
/// `WIDER_val`.
struct SplitName {
    /// `train`, `val`, `trainval` or `test`.
    let split: String

    /// Reads a single name; nil when it contains no split, several splits, or other words.
    init?(_ name: some StringProtocol) {
        let words = name.lowercased().split { !$0.isLetter }
        let found = Set(words.compactMap { Self.words[$0] })
        guard found.count == 1, let split = found.first,
            words.allSatisfy({ Self.words[$0] != nil || Self.companions.contains($0) })
        else { return nil }
        self.split = split
    }

    private static let words: [Substring: String] = [
        "train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val", "dev": "val",
        "eval": "val", "trainval": "trainval", "test": "test", "testing": "test",
    ]

    /// Words that may accompany the split.
    private static let companions: Set<Substring> = [
        "images", "image", "imgs", "img", "annotations", "annotation", "annots", "labels", "label", "xml", "xmls",
        "csv",
        "json", "data", "dataset", "set", "split", "voc", "coco", "yolo", "instances", "person", "keypoints", "bbox",
        "bboxes", "boxes", "list", "files", "info", "jpegimages", "createml", "labelme", "via", "gt", "v",
    ]

    // MARK: - Several names

    /// Returns the splits of names that occur beside each other.
    ///
    /// Names that differ only in the split are recognized whatever other words they contain.
    ///
    /// - Parameter areFiles: Whether the names are of annotation files. A single annotation file with exactly one split among its
    ///   words is recognized as well: `fruits_train.json`. A folder `crash_test` is not.
    static func splits(of names: [String], areFiles: Bool) -> [String: String] {
        var (result, groups): ([String: String], [String: [(name: String, split: String, isWord: Bool)]]) = ([:], [:])
        for name in names where result[name] == nil {
            if let split = SplitName(name)?.split {
                result[name] = split
            } else if let part = SplitPart(name) {
                groups[part.rest, default: []].append((name, part.split, part.isWord))
            }
        }
        for group in groups.values {
            let isTold = Set(group.map(\.split)).count > 1
            for (name, split, isWord) in group where isTold || areFiles && isWord { result[name] = split }
        }
        return result
    }
}

/// The part of a name that indicates a split, and the rest of the name.
private struct SplitPart {
    let split: String
    let rest: String
    /// Whether the split is an unambiguous word of its own.
    let isWord: Bool

    init?(_ name: String) {
        let words = Self.words(of: name)
        let found = words.indices.compactMap { index in Self.split(of: words[index]).map { (index, $0) } }
        // `trainval_test` indicates two splits.
        guard found.count == 1 else { return nil }
        let (index, part) = found[0]
        split = part.split
        isWord = part.rest.isEmpty && !part.isShort
        rest = (words[..<index] + [part.rest] + words[(index + 1)...]).joined(separator: " ")
    }

    /// Returns the words of a name in lower case, separated by non-letters and by inner capitals; numbers are not words.
    private static func words(of name: String) -> [String] {
        var words: [String] = []
        var (word, wasLower) = ("", false)
        for character in name {
            if !character.isLetter || character.isUppercase && wasLower {
                if !word.isEmpty { words.append(word) }
                word = ""
            }
            if character.isLetter { word += character.lowercased() }
            wasLower = character.isLowercase
        }
        return word.isEmpty ? words : words + [word]
    }

    private static let whole = [
        "train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val", "eval": "val",
        "trainval": "trainval", "test": "test", "testing": "test",
    ]
    private static let short = [
        "tr": "train", "trn": "train", "vl": "val", "va": "val", "te": "test", "tst": "test", "ts": "test",
    ]

    private static func split(of word: String) -> (split: String, rest: String, isShort: Bool)? {
        if let split = whole[word] { return (split, "", false) }
        if let split = short[word] { return (split, "", true) }
        // `trainset` and `mytrain`; longer words first.
        for (part, split) in whole.sorted(by: { $0.key.count > $1.key.count }) where part.count > 2 {
            if word.hasPrefix(part) { return (split, String(word.dropFirst(part.count)), true) }
            if word.hasSuffix(part) { return (split, String(word.dropLast(part.count)), true) }
        }
        return nil
    }
}

/// The splits indicated by the folders of a tree.
package struct FolderSplits: Sendable {
    private let splits: [String: String]

    init(_ names: Set<String>) { splits = SplitName.splits(of: names.sorted(), areFiles: false) }

    /// Returns the split of the innermost folder that indicates one: `test/train/` is a training split.
    func split(of folders: [Substring]) -> String? {
        for folder in folders.reversed() { if let split = splits[String(folder)] { return split } }
        return nil
    }
}
