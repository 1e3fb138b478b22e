import Boxes
import Foundation

/// What a data set consists of, before any annotation has been read.
struct DatasetListing {
    /// The layout, for people.
    var layout: String
    /// Every picture that there is or should be.
    var pictures: [ListedPicture]
    /// Who is in which split, as lists or folders say; empty where nothing does.
    var splits: [ListedSplit]
    /// The classes, where the data set declares them.
    var categories: [String]?
    /// What the objects' joints are, where the data set has any.
    var skeleton: Skeleton?
    /// What is wrong with the data set as a whole.
    var problems: [DatasetProblem] = []
}

/// One picture, its annotation, or both.
struct ListedPicture: Sendable {
    var id: String
    var imageURL: URL?
    /// The file to name when there is no picture.
    var expectedImage: URL
    var annotationURL: URL?
    var annotation: Annotation

    enum Annotation: Sendable {
        /// The XML at ``annotationURL``, if any; where its picture may be if it is not beside it by name.
        case voc(images: URL)
        /// Already read.
        case read(RawAnnotation)
    }

    /// Whether there is both something to see and something said about it.
    var isComplete: Bool {
        switch annotation {
        case .voc: imageURL != nil && annotationURL != nil
        case .read: imageURL != nil
        }
    }
}

/// A list of pictures.
struct ListedSplit {
    var name: String
    /// Positions in the listing's pictures.
    var members: [Int]
    /// Names in the list that nothing is there for.
    var problems: [DatasetProblem] = []
}

extension DatasetListing {
    /// The names of the splits that can be loaded.
    var splitNames: [String] {
        let listed = splits.map(\.name)
        let made = isDivided(by: listed) ? ["train", "val"] : []
        return listed + made.filter { !listed.contains($0) }
    }

    /// Whether a seed decides who is in `train` and who in `val`: there are no lists, or only one of both together.
    private func isDivided(by listed: [String]) -> Bool {
        listed.isEmpty || (listed.contains("trainval") && !listed.contains("train") && !listed.contains("val"))
    }

    /// The pictures of a split; nil when there is no such split.
    func split(_ name: String, seed: UInt64, validationFraction: Double) -> ListedSplit? {
        if let split = splits.first(where: { $0.name == name }) { return split }
        if name == "all" { return ListedSplit(name: name, members: Array(pictures.indices)) }
        if name == "trainval" {
            let parts = splits.filter { ["train", "val"].contains($0.name) }
            if splits.isEmpty { return ListedSplit(name: name, members: Array(pictures.indices)) }
            if parts.isEmpty { return nil }
            var seen: Set<Int> = []
            return ListedSplit(
                name: name, members: parts.flatMap(\.members).filter { seen.insert($0).inserted },
                problems: parts.flatMap(\.problems))
        }
        guard isDivided(by: splits.map(\.name)), ["train", "val"].contains(name) else { return nil }
        let together = splits.first { $0.name == "trainval" }
        let pool = together?.members ?? Array(pictures.indices)
        let validation = validationMembers(of: pool, seed: seed, fraction: validationFraction)
        // What is incomplete stays with `train`, so that it is reported once.
        return ListedSplit(
            name: name, members: pool.filter { validation.contains($0) == (name == "val") },
            problems: name == "train" ? together?.problems ?? [] : [])
    }

    /// Who is kept for the examination: those whose names hash lowest, so that a picture that comes or goes moves
    /// hardly any other.
    private func validationMembers(of pool: [Int], seed: UInt64, fraction: Double) -> Set<Int> {
        let complete = pool.filter { pictures[$0].isComplete }
        guard complete.count > 1, fraction > 0 else { return [] }
        let count = min(complete.count - 1, max(1, Int((Double(complete.count) * fraction).rounded())))
        let ranked = complete.map { (hash: nameHash(pictures[$0].id, seed: seed), index: $0) }.sorted { $0 < $1 }
        return Set(ranked.prefix(count).map(\.index))
    }
}

/// FNV-1a over a name, mixed with a seed by SplitMix64's finalizer.
private func nameHash(_ name: String, seed: UInt64) -> UInt64 {
    var z: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { z = (z ^ UInt64(byte)) &* 0x100_0000_01b3 }
    z = (z ^ seed) &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
}
