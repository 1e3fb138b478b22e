import Boxes
import Foundation
import Images

/// A data set, read once: every image with its identity, file and size; every annotated object with its class, box and flags; the
/// splits; and the problems.
///
/// Class discovery, splits, checks, training, evaluation and reports all use it.
public struct DatasetIndex: Sendable {
    /// The source that was read.
    public let source: DatasetSource
    /// The detected format, never ``DatasetFormat/automatic``.
    public let format: DatasetFormat
    /// The classes with objects, sorted by name.
    public let classNames: [String]
    /// The class numbers in files: COCO's `categories[].id`, YOLO's numbers, or positions in ``classNames`` from 1.
    public let categories: CategoryNumbers
    /// Whether the objects are boxes or points.
    public let objectKind: ObjectKind
    /// The keypoints of the objects; nil where none are annotated.
    public let skeleton: Skeleton?
    /// Whether lists, folders or files define the splits; otherwise a random seed divides the images.
    public let hasSplits: Bool
    /// Problems of the data set as a whole, or of many of its objects at once; reported first.
    public let findings: [DatasetProblem]
    /// All images that exist or are annotated.
    package let images: [IndexedImage]
    /// The splits that can be loaded, including derived ones.
    package let splits: [IndexedSplit]
    /// Rules whose problems are reported by a single finding.
    let collapsedRules: Set<DatasetRule>
    /// The files that the annotations were read from.
    private let annotationFiles: [URL]

    /// Reads a data set.
    ///
    /// - Parameter readsImages: Whether image sizes are read from the image headers; otherwise the sizes stated by the annotations
    ///   are used, and images without one are left out.
    /// - Throws: ``DatasetError`` when there is no data set.
    public init(_ source: DatasetSource, readsImages: Bool = true) throws(DatasetError) {
        self = try IndexBuilder(source, readsImages: readsImages).index()
    }

    init(
        source: DatasetSource, format: DatasetFormat, classes: IndexedClasses, objectKind: ObjectKind,
        skeleton: Skeleton?, hasSplits: Bool, findings: [DatasetProblem], images: [IndexedImage],
        splits: [IndexedSplit], collapsedRules: Set<DatasetRule>,
        annotationFiles: [URL]
    ) {
        self.source = source
        self.format = format
        classNames = classes.names
        categories = classes.numbers
        self.objectKind = objectKind
        self.skeleton = skeleton
        self.hasSplits = hasSplits
        self.findings = findings
        self.images = images
        self.splits = splits
        self.collapsedRules = collapsedRules
        self.annotationFiles = annotationFiles
    }

    /// All annotations and images, none of which a result may replace.
    package var files: [URL] { annotationFiles + images.compactMap(\.imageURL) }

    /// The number of unusable images, not counting those that a file lists without annotations.
    public var unusableImageCount: Int { images.count { $0.sample == nil && !$0.isMereListing } }

    /// The names of the splits that can be loaded, besides `trainval` and `all`.
    public var splitNames: [String] { splits.map(\.name) }
}

/// An image of the index.
package struct IndexedImage: Sendable {
    /// The image with its objects; nil where it is unusable.
    package var sample: Sample?
    /// The positions of the sample's objects in the annotation, one per object.
    package var places: [(number: Int, line: Int?)] = []
    /// The image file, if there is one.
    package var imageURL: URL?
    /// The problems of this image.
    package var problems: [DatasetProblem] = []
    /// The image's identity in result files.
    package var identity: ImageIdentity
    /// Whether the image exists or is listed, but has no annotation.
    package var isUnannotated = false
}

extension IndexedImage {
    /// Whether a file lists the image without annotating it, which is not an error.
    package var isMereListing: Bool { isUnannotated && problems.isEmpty }
}

/// A split of the index.
package struct IndexedSplit: Sendable {
    /// `train`, `val`, `trainval`, `test`, or another name of a list.
    package var name: String
    /// Positions in ``DatasetIndex/images``.
    package var members: [Int]
    /// Problems with lines of its list that match no image.
    package var problems: [DatasetProblem] = []
}

/// The classes of an index by name, with their numbers in files.
struct IndexedClasses {
    /// The classes with objects, sorted.
    let names: [String]
    let numbers: CategoryNumbers

    /// - Parameter isUsed: Whether the class at each position has objects.
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
