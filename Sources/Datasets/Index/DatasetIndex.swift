import Boxes
import Foundation
import Images

/// A data set, read once: every image with its identity, file and extent; every annotated object with its class, box and flags;
/// who is in which split; and what is wrong.
///
/// Class discovery, every split, checks, training, evaluation and reports read it.
public struct DatasetIndex: Sendable {
    /// What was read.
    public let source: DatasetSource
    /// The format that was found, never ``DatasetFormat/automatic``.
    public let format: DatasetFormat
    /// The classes that objects are of, sorted by name.
    public let classNames: [String]
    /// The numbers that stand for classes in files: COCO's `categories[].id`, YOLO's numbers, or places in ``classNames`` from 1.
    public let categories: CategoryNumbers
    /// What the objects' keypoints are; nil where none are annotated.
    public let skeleton: Skeleton?
    /// Whether lists, folders or files say who is in which split; otherwise a seed does.
    public let hasSplits: Bool
    /// What is wrong with the data set as a whole, or with many of its objects at once: said first.
    public let findings: [DatasetProblem]
    /// Every image that there is or should be.
    package let images: [IndexedImage]
    /// The splits that can be loaded, made ones included.
    package let splits: [IndexedSplit]
    /// Rules that a finding speaks of for all.
    let collapsedRules: Set<DatasetRule>

    /// Reads a data set.
    ///
    /// - Parameter readsImages: Whether the headers of images are read for their extents; otherwise those that the annotations
    ///   state are taken, and an image without is left out.
    /// - Throws: ``DatasetError`` when there is no data set.
    public init(_ source: DatasetSource, readsImages: Bool = true) throws(DatasetError) {
        self = try IndexBuilder(source, readsImages: readsImages).index()
    }

    init(
        source: DatasetSource, format: DatasetFormat, classes: IndexedClasses, skeleton: Skeleton?, hasSplits: Bool,
        findings: [DatasetProblem], images: [IndexedImage], splits: [IndexedSplit], collapsedRules: Set<DatasetRule>
    ) {
        self.source = source
        self.format = format
        classNames = classes.names
        categories = classes.numbers
        self.skeleton = skeleton
        self.hasSplits = hasSplits
        self.findings = findings
        self.images = images
        self.splits = splits
        self.collapsedRules = collapsedRules
    }

    /// How many images cannot be used, those aside that a file lists without a word about them.
    public var unusableImageCount: Int { images.count { $0.sample == nil && !$0.isMereListing } }

    /// The names of the splits that can be loaded, besides `trainval` and `all`.
    public var splitNames: [String] { splits.map(\.name) }
}

/// An image of the index.
package struct IndexedImage: Sendable {
    /// The image with its objects; nil where it cannot be used.
    package var sample: Sample?
    /// Where its objects stand in the annotation; as many as the sample has.
    package var places: [(number: Int, line: Int?)] = []
    /// The image's file, if there is one.
    package var imageURL: URL?
    /// What is wrong with it.
    package var problems: [DatasetProblem] = []
    /// What result files call it.
    package var identity: ImageIdentity
    /// Whether it is there without being meant: listed without annotations.
    package var isUnannotated = false
}

extension IndexedImage {
    /// Whether a file lists the image and says nothing about it, which is no fault.
    package var isMereListing: Bool { isUnannotated && problems.isEmpty }
}

/// A list of images.
package struct IndexedSplit: Sendable {
    /// `train`, `val`, `trainval`, `test`, or what else lists are called.
    package var name: String
    /// Positions in ``DatasetIndex/images``.
    package var members: [Int]
    /// Lines of its list that name nothing.
    package var problems: [DatasetProblem] = []
}

/// The classes of an index by name, with the numbers that files have for them.
struct IndexedClasses {
    /// Those with objects, sorted.
    let names: [String]
    let numbers: CategoryNumbers

    /// - Parameter isUsed: whether objects are of the class at each position.
    init(_ classes: RawClasses, isUsed: [Bool]) {
        names = Set(zip(classes.entries, isUsed).filter(\.1).map(\.0.name)).sorted()
        var (idsByName, namesByID): ([String: Int], [Int: [String]]) = ([:], [:])
        for entry in classes.entries {
            guard let id = entry.id else { continue }
            if !namesByID[id, default: []].contains(entry.name) { namesByID[id, default: []].append(entry.name) }
            if idsByName[entry.name] == nil { idsByName[entry.name] = id }
        }
        let ids = names.compactMap { idsByName[$0] }
        let areNumbered = ids.count == names.count && !names.isEmpty
        numbers = areNumbered ? CategoryNumbers(ids: ids, names: namesByID) : CategoryNumbers(classNames: names)
    }
}
