import Boxes
import Datasets
import Foundation

/// What is written of a data set: images with their objects, classes with their numbers, and who is in which split.
public struct DatasetContent: Sendable {
    /// One list of images.
    public struct Split: Sendable {
        /// Its name.
        public var name: String
        /// Positions in ``DatasetContent/images``.
        public var members: [Int]

        /// A split from its parts.
        public init(name: String, members: [Int]) {
            self.name = name
            self.members = members
        }
    }

    /// The classes; an object's ``AnnotatedObject/classIndex`` is a position in this list.
    public var classNames: [String]
    /// The number of each class in files.
    public var categoryIDs: [Int]
    /// What the objects' keypoints are; nil where none are annotated.
    public var skeleton: Skeleton?
    /// The images.
    public var images: [Sample]
    /// Who is where.
    public var splits: [Split]
    /// Whether images and classes have identities of their own, which a format without must keep beside itself.
    public var hasOwnIdentities: Bool

    /// Content from its parts, with identities that follow from names.
    public init(classNames: [String], skeleton: Skeleton? = nil, images: [Sample], splits: [Split]) {
        self.classNames = classNames
        self.skeleton = skeleton
        self.images = images
        self.splits = splits
        categoryIDs = classNames.indices.map { $0 + 1 }
        hasOwnIdentities = false
    }

    /// Whether two images of a split, or two in none, have one identity.
    var hasSharedIdentities: Bool {
        let listed = Set(splits.flatMap(\.members))
        let rest = images.indices.filter { !listed.contains($0) }
        return (splits.map(\.members) + [rest]).contains { members in
            Set(members.map { images[$0].identity }).count < members.count
        }
    }

    /// The number of each class by name; none where two classes have one.
    var distinctCategories: [String: Int] {
        guard Set(categoryIDs).count == classNames.count else { return [:] }
        return Dictionary(zip(classNames, categoryIDs), uniquingKeysWith: { first, _ in first })
    }

    /// What a format has no place for, a sentence each.
    package func losses(in format: DatasetWriter.Format) -> [String] {
        var losses: [String] = []
        if format == .coco && hasSharedIdentities {
            losses.append("several images have one identity, so all were numbered anew")
        }
        if Set(categoryIDs).count < classNames.count {
            losses.append("several classes have one number, so all were numbered anew")
        }
        let objects = images.lazy.flatMap(\.objects)
        let crowds = objects.count(where: \.crowd)
        if format == .yolo && crowds > 0 {
            losses.append("YOLO has no place for crowds: \(crowds) were left out")
        }
        let keypoints = objects.count { !$0.keypoints.isEmpty }
        if format != .coco && keypoints > 0 {
            losses.append("only COCO has keypoints here: those of \(keypoints) objects were left out")
        }
        return losses
    }

    /// The content without images that show nothing but crowds: a format that has no crowds would call them background.
    var withoutCrowdsAlone: DatasetContent {
        let kept = images.indices.filter { images[$0].objects.isEmpty || images[$0].objects.contains { !$0.crowd } }
        if kept.count == images.count { return self }
        let places = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
        var content = self
        content.images = kept.map { images[$0] }
        for split in splits.indices { content.splits[split].members = splits[split].members.compactMap { places[$0] } }
        return content
    }

    /// Everything usable in a data set.
    ///
    /// - Parameter isLeftOut: Whether an image is left out though the index can use it; given its position in the index.
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
        hasOwnIdentities = index.categories.areOwn || images.contains { $0.identity != .text($0.id) }
    }
}
