/// What names say about the split of what they hold: `train2017`, `Valid`, `images_test`, and among others of their kind
/// `WIDER_train` beside `WIDER_val`.
struct SplitName {
    /// `train`, `val`, `trainval` or `test`.
    let split: String

    /// What a name says by itself; nil when it speaks of no split, of several, or of something else besides.
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

    /// What may stand beside it without changing what it says.
    private static let companions: Set<Substring> = [
        "images", "image", "imgs", "img", "annotations", "annotation", "annots", "labels", "label", "xml", "xmls",
        "csv",
        "json", "data", "dataset", "set", "split", "voc", "coco", "yolo", "instances", "person", "keypoints", "bbox",
        "bboxes", "boxes", "list", "files", "info", "jpegimages", "createml", "labelme", "via", "gt", "v",
    ]

    // MARK: - Among others

    /// What each of some names says that stand beside each other.
    ///
    /// Names that differ in nothing but the split are understood whatever else they say.
    ///
    /// - Parameter areFiles: Whether they are files of annotations, of which one alone that has just one split among its words
    ///   says it, too: `fruits_train.json`. A folder `crash_test` does not.
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

/// The one part of a name that is a split, and what is left of the name without it.
private struct SplitPart {
    let split: String
    let rest: String
    /// Whether it is a word of its own that stands for nothing else.
    let isWord: Bool

    init?(_ name: String) {
        let words = Self.words(of: name)
        let found = words.indices.compactMap { index in Self.split(of: words[index]).map { (index, $0) } }
        // `trainval_test` says two things.
        guard found.count == 1 else { return nil }
        let (index, part) = found[0]
        split = part.split
        isWord = part.rest.isEmpty && !part.isShort
        rest = (words[..<index] + [part.rest] + words[(index + 1)...]).joined(separator: " ")
    }

    /// The words of a name in lower case: cut at what is no letter, and before capitals within; numbers are none.
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

/// The splits that the folders of a tree say.
package struct FolderSplits: Sendable {
    private let splits: [String: String]

    init(_ names: Set<String>) { splits = SplitName.splits(of: names.sorted(), areFiles: false) }

    /// The innermost folder that says something counts: `test/train/` is the training part of something.
    func split(of folders: [Substring]) -> String? {
        for folder in folders.reversed() { if let split = splits[String(folder)] { return split } }
        return nil
    }
}
