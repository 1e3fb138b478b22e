import Boxes
import Datasets
import Foundation

/// The content of a data set to be written: images with their objects, classes with their numbers, and splits.
public struct DatasetContent: Sendable {
    /// One split.
    public struct Split: Sendable {
        /// The split's name.
        public var name: String
        /// Positions in ``DatasetContent/images``.
        public var members: [Int]

        /// Creates a split from its parts.
        public init(name: String, members: [Int]) {
            self.name = name
            self.members = members
        }
    }

    /// The classes; an object's ``AnnotatedObject/classIndex`` is a position in this list.
    public var classNames: [String]
    /// The number of each class in files.
    public var categoryIDs: [Int]
    /// The keypoints of the objects; nil where none are annotated.
    public var skeleton: Skeleton?
    /// The images.
    public var images: [Sample]
    /// The splits.
    public var splits: [Split]
    /// Whether images and classes have their own identities, which other formats than COCO store in an additional file.
    public var hasOwnIdentities: Bool

    /// Creates content from its parts, with identities derived from names.
    public init(classNames: [String], skeleton: Skeleton? = nil, images: [Sample], splits: [Split]) {
        self.classNames = classNames
        self.skeleton = skeleton
        self.images = images
        self.splits = splits
        categoryIDs = classNames.indices.map { $0 + 1 }
        hasOwnIdentities = false
    }

    /// Whether any object is a point, which VOC and YOLO cannot store.
    var hasPoints: Bool { images.contains { $0.objects.contains { $0.kind == .points } } }

    /// Whether two images of a split, or two images without a split, share an identity.
    var hasSharedIdentities: Bool {
        let listed = Set(splits.flatMap(\.members))
        let rest = images.indices.filter { !listed.contains($0) }
        return (splits.map(\.members) + [rest]).contains { members in
            Set(members.map { images[$0].identity }).count < members.count
        }
    }

    /// The number of each class by name; empty when two classes share one.
    var distinctCategories: [String: Int] {
        guard Set(categoryIDs).count == classNames.count else { return [:] }
        return Dictionary(zip(classNames, categoryIDs), uniquingKeysWith: { first, _ in first })
    }

    /// Returns what a format cannot store, one sentence each.
    package func losses(in format: DatasetWriter.Format) -> [String] {
        var losses: [String] = []
        if format == .coco && hasSharedIdentities {
            losses.append("several images share an id, so all images were renumbered")
        }
        if Set(categoryIDs).count < classNames.count {
            losses.append("several classes share a number, so all classes were renumbered")
        }
        let objects = images.lazy.flatMap(\.objects)
        let crowds = objects.count(where: \.crowd)
        if format == .yolo && crowds > 0 {
            losses.append("YOLO cannot store crowds: \(crowds) were left out")
        }
        let keypoints = objects.count { !$0.keypoints.isEmpty }
        if format != .coco && keypoints > 0 {
            losses.append("keypoints can only be written as COCO: those of \(keypoints) objects were left out")
        }
        return losses
    }

    /// The content without images that contain only crowds: a format without crowds would present them as background.
    var withoutCrowdsAlone: DatasetContent {
        let kept = images.indices.filter { images[$0].objects.isEmpty || images[$0].objects.contains { !$0.crowd } }
        if kept.count == images.count { return self }
        let places = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
        var content = self
        content.images = kept.map { images[$0] }
        for split in splits.indices { content.splits[split].members = splits[split].members.compactMap { places[$0] } }
        return content
    }

    /// Creates the content from everything usable in a data set.
    ///
    /// - Parameter isLeftOut: Returns whether to leave out an image that is usable, by its position in the index.
    package init(_ index: DatasetIndex, without isLeftOut: (Int) -> Bool = { _ in false }) {
        var places: [Int: Int] = [:]
        var images: [Sample] = []
        for (position, image) in index.images.enumerated() {
            guard let sample = image.sample, !isLeftOut(position) else { continue }
            places[position] = images.count
            images.append(sample)
        }
        self.init(
            classNames: index.classNames, skeleton: index.skeleton, images: images,
            splits: index.splits.map { Split(name: $0.name, members: $0.members.compactMap { places[$0] }) })
        categoryIDs = index.categories.ids
        hasOwnIdentities = index.categories.areDefinedByDataset || images.contains { $0.identity != .text($0.id) }
    }
}
