import Foundation

/// The division of images into folds for cross-validation: each image is measured in exactly one fold, by a network trained on all others.
///
/// Images are ordered by the rarest of their classes and dealt out in turn, so that folds differ by one image in size and a rare class
/// is in as many folds as it has images for. Within a class, the order follows hashes of the images' names and the seed: it does not
/// depend on the order of a list, and adding an image moves few others. Images that belong together, as identical files do, stay in one
/// fold, since a network recognizes an image that it was trained on.
public struct Folds: Hashable, Sendable {
    /// The number of folds.
    public let count: Int
    /// The fold that measures each image, from 0, in the order of the samples.
    public let assignment: [Int]

    /// Divides images; those with identical files stay together.
    ///
    /// - Parameters:
    ///   - count: The number of folds, at least 2.
    ///   - seed: Chooses one of many divisions.
    /// - Throws: ``DatasetError/tooFewForFolds(path:images:folds:)``.
    public init(of dataset: DetectionDataset, count: Int, seed: UInt64) throws(DatasetError) {
        try self.init(of: dataset, groups: IdenticalImages.groups(of: dataset.samples), count: count, seed: seed)
    }

    /// Divides images that are grouped already: by scene, for example.
    ///
    /// - Parameter groups: For each image a number that it shares with the images that stay in its fold.
    package init(of dataset: DetectionDataset, groups: [Int], count: Int, seed: UInt64) throws(DatasetError) {
        precondition(count >= 2, "cross-validation needs at least 2 folds, not \(count)")
        let samples = dataset.samples
        precondition(groups.count == samples.count, "\(groups.count) groups for \(samples.count) images")
        let members = Dictionary(grouping: samples.indices) { groups[$0] }
        guard members.count >= count else {
            throw .tooFewForFolds(path: dataset.split, images: members.count, folds: count)
        }
        let rarity = Self.rarity(of: dataset)
        let order = members.values.map { group in
            // A group has the place of its first image by hash, wherever the list has it.
            let hashes = group.map { nameHash(samples[$0].id, seed: seed) }
            return (rarity: group.map { rarity[$0] }.min() ?? 0, hash: hashes.min() ?? 0, first: group[0], group: group)
        }.sorted { ($0.rarity, $0.hash, $0.first) < ($1.rarity, $1.hash, $1.first) }
        var (assignment, sizes) = ([Int](repeating: 0, count: samples.count), [Int](repeating: 0, count: count))
        for entry in order {
            let fold = sizes.indices.min { sizes[$0] < sizes[$1] } ?? 0
            sizes[fold] += entry.group.count
            for index in entry.group { assignment[index] = fold }
        }
        self.count = count
        self.assignment = assignment
    }

    /// Returns the images that a fold measures, as positions in the samples.
    public func measured(in fold: Int) -> [Int] { assignment.indices.filter { assignment[$0] == fold } }

    /// Returns the images that a fold trains on, as positions in the samples.
    public func trained(in fold: Int) -> [Int] { assignment.indices.filter { assignment[$0] != fold } }

    /// For each image the rank of its rarest class, the rarest of all first; images without objects are last.
    private static func rarity(of dataset: DetectionDataset) -> [Int] {
        let classes = dataset.samples.map { Set($0.objects.map(\.classIndex)) }
        var imageCounts: [Int: Int] = [:]
        for index in classes.joined() { imageCounts[index, default: 0] += 1 }
        let order = imageCounts.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
        let ranks = Dictionary(order.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        return classes.map { $0.compactMap { ranks[$0] }.min() ?? order.count }
    }
}

extension DetectionDataset {
    /// Returns the images on which a fold trains, and those on which it is measured.
    public func parts(of folds: Folds, fold: Int) -> (training: DetectionDataset, validation: DetectionDataset) {
        precondition(folds.assignment.count == samples.count, "the folds are of another data set")
        precondition((0..<folds.count).contains(fold), "there is no fold \(fold) of \(folds.count)")
        var (training, validation) = (self, self)
        training.samples = folds.trained(in: fold).map { samples[$0] }
        validation.samples = folds.measured(in: fold).map { samples[$0] }
        // Files of results are named by splits.
        training.split = "all-but-fold-\(fold + 1)-of-\(folds.count)"
        validation.split = "fold-\(fold + 1)-of-\(folds.count)"
        return (training, validation)
    }
}

extension DatasetIndex {
    /// Returns the images of some splits that folds divide, each once and none of the split `test`, which measures the final network.
    ///
    /// - Parameters:
    ///   - splits: Usually `train` and `val`.
    ///   - classNames: As for ``dataset(split:classNames:)``.
    /// - Throws: ``DatasetError``, as ``dataset(split:classNames:)``.
    public func pool(of splits: [String], classNames: [String]? = nil) throws(DatasetError) -> DetectionDataset {
        let test = self.splits.first { $0.name == "test" }?.members ?? []
        var seen = Set(test.compactMap { images[$0].imageURL })
        var (pool, names): (DetectionDataset?, [String]) = (nil, [])
        for name in splits {
            let part = try dataset(split: name, classNames: classNames)
            let samples = part.samples.filter { seen.insert($0.imageURL).inserted }
            if pool != nil && samples.isEmpty { continue }
            names.append(name)
            if pool == nil {
                pool = part
                pool?.samples = samples
            } else {
                pool?.samples += samples
                pool?.problems += part.problems
            }
            pool?.split = names.joined(separator: "+")
        }
        guard let pool else { throw .noSplit(path: source.root.relativePath, split: "", available: splitNames) }
        return pool
    }
}
