import Foundation
import Tensors

/// The division of images into splits: by lists, or else by files and folders, or else by a random seed.
struct SplitDivision {
    /// The properties of an image that decide its splits.
    struct Entry {
        /// The splits given by its file or its folders.
        var splits: [String]
        var isUnannotated: Bool
        var file: FolderTree.File?

        /// Creates the entries of many images.
        static func all(of images: [RawImage], in tree: FolderTree) -> [Entry] {
            var known: [Substring: String?] = [:]
            return images.map { Entry($0, tree.splits, known: &known) }
        }

        /// - Parameter known: A cache of the splits of folders.
        private init(_ image: RawImage, _ folders: FolderSplits, known: inout [Substring: String?]) {
            isUnannotated = image.state == .unannotated
            splits = image.splits
            file = image.imageFile
            if splits.isEmpty {
                for file in [image.imageFile, image.annotationFile] {
                    guard let path = file?.path, let end = path.lastIndex(of: "/"),
                        let split = Self.split(of: path[..<end], folders, &known)
                    else { continue }
                    splits = [split]
                    break
                }
            }
        }

        private static func split(
            of folder: Substring, _ folders: FolderSplits, _ known: inout [Substring: String?]
        ) -> String? {
            if let split = known[folder] { return split }
            let split = folders.split(of: folder.split(separator: "/"))
            known[folder] = .some(split)
            return split
        }
    }

    /// The splits in the usual order: train, val, trainval, test, then others by name.
    private(set) var splits: [IndexedSplit] = []
    private(set) var findings: [DatasetProblem]
    /// Whether the data set defines splits, so that no seed is needed.
    private(set) var isListed = true

    private let entries: [Entry]
    private let names: [String]
    private let isUsable: [Bool]
    private let source: DatasetSource
    private static let usual = ["train", "val", "trainval", "test"]

    init(_ entries: [Entry], names: [String], isUsable: [Bool], lists: SplitLists, source: DatasetSource) {
        self.entries = entries
        self.names = names
        self.isUsable = isUsable
        self.source = source
        findings = lists.findings
        splits = lists.splits
        addSplitsOfFolders()
        let order = { (name: String) in (Self.usual.firstIndex(of: name) ?? Self.usual.count, name) }
        splits.sort { order($0.name) < order($1.name) }
        isListed = !splits.isEmpty
        reportUnlisted()
        divide()
        reportEmpty()
        reportShared()
    }

    private func split(_ name: String) -> IndexedSplit? { splits.first { $0.name == name } }

    /// Adds the splits given by folders, for images in no list and splits without a list.
    private mutating func addSplitsOfFolders() {
        // Custom subsets do not affect the usual splits.
        let listed = Set(splits.filter { Self.usual.contains($0.name) }.flatMap(\.members))
        let known = Set(splits.map(\.name))
        for (index, entry) in entries.enumerated() where !listed.contains(index) && !entry.isUnannotated {
            for name in entry.splits where !known.contains(name) {
                let place = splits.firstIndex { $0.name == name } ?? splits.count
                if place == splits.count { splits.append(IndexedSplit(name: name, members: [])) }
                splits[place].members.append(index)
            }
        }
    }

    private mutating func reportUnlisted() {
        if splits.isEmpty { return }
        let listed = Set(splits.flatMap(\.members))
        let left = entries.indices.filter { !listed.contains($0) && isUsable[$0] }
        // Lists may cover a part of the data set; if they miss more than a quarter, that is hardly intended.
        guard let first = left.first, left.count * 4 > isUsable.count(where: { $0 }) else { return }
        findings.append(
            .systematic(
                source.root, .missingFromSplit,
                "\(left.count) annotated images are in none of the splits \(splits.map { "'\($0.name)'" }.joined(separator: ", ")): "
                    + "first '\(names[first].prefix(80))'"))
    }

    /// Creates `train` and `val` where they are missing.
    private mutating func divide() {
        let known = Set(splits.map(\.name))
        if known.isEmpty {
            divide(IndexedSplit(name: "train", members: Array(entries.indices)))
        } else if let both = split("trainval"), !known.contains("train"), !known.contains("val") {
            divide(both)
        } else if let train = split("train"), !known.contains("val") {
            if known.contains("test") {
                findings.append(
                    .systematic(
                        source.root, .derivedSplit,
                        "there is no validation split: 'test' is used for it, so results on 'test' will be better than on "
                            + "images that model selection did not use; set dataset.validationSplit to use another"))
                return
            }
            splits.removeAll { $0.name == "train" }
            divide(train)
            let count = split("val")?.members.count ?? 0
            findings.append(
                .systematic(
                    source.root, .derivedSplit,
                    "there is no validation split: \(count) of the \(train.members.count) images of 'train' are held out for "
                        + "it, chosen by dataset.splitSeed"))
        }
    }

    /// Holds out images for validation: those with the lowest name hashes, so that adding or removing images moves few others.
    private mutating func divide(_ pool: IndexedSplit) {
        let usable = pool.members.filter { isUsable[$0] }
        var kept: Set<Int> = []
        if usable.count > 1, source.validationFraction > 0 {
            let count = min(
                usable.count - 1, max(1, Int((Double(usable.count) * source.validationFraction).rounded())))
            let ranked = usable.map { (hash: nameHash(names[$0], seed: source.splitSeed), index: $0) }.sorted {
                $0 < $1
            }
            kept = Set(ranked.prefix(count).map(\.index))
        }
        // Unusable images stay in `train`, so that they are reported once.
        splits.append(
            IndexedSplit(
                name: "train", members: pool.members.filter { !kept.contains($0) },
                problems: pool.problems))
        splits.append(IndexedSplit(name: "val", members: pool.members.filter { kept.contains($0) }))
    }

    private mutating func reportEmpty() {
        let known = Set(splits.map(\.name))
        if known.isDisjoint(with: ["train", "trainval"]), !known.isEmpty {
            findings.append(
                .systematic(
                    source.root, .emptySplit,
                    "there is no split 'train', only \(known.sorted().map { "'\($0)'" }.joined(separator: ", ")); set "
                        + "dataset.trainSplit to train on another split", severity: .warning))
        }
        for split in splits
        where ["train", "val"].contains(split.name) && !split.members.contains(where: { isUsable[$0] }) {
            // A single image cannot be divided.
            if !isListed && isUsable.count(where: { $0 }) < 2 { continue }
            findings.append(
                .systematic(
                    source.root, .emptySplit, "the split '\(split.name)' has no usable image",
                    severity: .error))
        }
    }

    /// Reports data leakage: images in two splits.
    private mutating func reportShared() {
        for (first, second) in [("train", "val"), ("train", "test"), ("val", "test")] {
            guard let left = split(first), let right = split(second) else { continue }
            let files = Set(left.members.compactMap { entries[$0].file })
            let shared = right.members.filter { entries[$0].file.map(files.contains) ?? false }
            guard let example = shared.first else { continue }
            findings.append(
                .systematic(
                    source.root, .duplicateAcrossSplits,
                    "\(shared.count == 1 ? "1 image is" : "\(shared.count) images are") in both '\(first)' and '\(second)' "
                        + "(first: '\(names[example].prefix(80))'): data leakage; their results measure memorization"))
        }
    }
}

/// A hash of a name, mixed with a seed by SplitMix64's finalizer.
func nameHash(_ name: String, seed: UInt64) -> UInt64 {
    var z = ContentHash(name).value
    z = (z ^ seed) &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
}
