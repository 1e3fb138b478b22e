import Boxes
import Foundation

/// An annotated object in an image.
public struct AnnotatedObject: Hashable, Sendable {
    /// The class, from 0: a position in the data set's class names.
    public var classIndex: Int
    /// The name of the class.
    public var className: String
    /// The bounding box, inside the image; of a point, the point itself.
    public var box: Box<ImagePixels>
    /// Whether the object is a box or a point.
    public var kind: ObjectKind
    /// VOC's flag: evaluation neither rewards finding the object nor penalizes missing it.
    public var difficult: Bool
    /// VOC's flag: the object extends beyond its visible part.
    public var truncated: Bool
    /// COCO's flag: the box surrounds many objects.
    public var crowd: Bool
    /// Whether training ignores the object: the heatmap loss is masked at its position. This holds for COCO's crowds, and for
    /// difficult objects where ``DatasetSource/difficult`` says so.
    public var isIgnored = false
    /// COCO's area of the object in square pixels; nil when not stated.
    public var area: Double?
    /// The keypoints in the order of the data set's skeleton; empty where the object has none, or where they are unusable.
    public var keypoints: [Keypoint<ImagePixels>]

    /// Creates an object from its parts.
    public init(
        classIndex: Int, className: String, box: Box<ImagePixels>, kind: ObjectKind = .boxes, difficult: Bool = false,
        truncated: Bool = false, crowd: Bool = false, area: Double? = nil, keypoints: [Keypoint<ImagePixels>] = []
    ) {
        self.classIndex = classIndex
        self.className = className
        self.box = box
        self.kind = kind
        self.difficult = difficult
        self.truncated = truncated
        self.crowd = crowd
        isIgnored = crowd
        self.area = area
        self.keypoints = keypoints
    }
}

/// An image with its annotated objects.
public struct Sample: Hashable, Sendable {
    /// The image's name: its file name without extension, with more of its path where other images have the same name.
    public var id: String
    /// The image's identity in result files: COCO's id, or ``id``.
    public var identity: ImageIdentity
    /// Other identities of the same image, where several entries of the data set refer to it.
    public var aliases: [ImageIdentity] = []
    /// The path inside the data set, with extension.
    public var path: String
    /// The image file.
    public var imageURL: URL
    /// The annotation file of this image alone, if any.
    public var annotationURL: URL?
    /// The objects; empty for a background image.
    public var objects: [AnnotatedObject]
    /// The size of the image in pixels after its EXIF orientation is applied; nil when unknown.
    public var width, height: Int?

    /// Creates a sample from its parts.
    public init(
        id: String, imageURL: URL, annotationURL: URL? = nil, objects: [AnnotatedObject], width: Int? = nil,
        height: Int? = nil, identity: ImageIdentity? = nil, path: String? = nil
    ) {
        self.id = id
        self.identity = identity ?? .text(id)
        self.path = path ?? imageURL.lastPathComponent
        self.imageURL = imageURL
        self.annotationURL = annotationURL
        self.objects = objects
        self.width = width
        self.height = height
    }
}

/// Images for training or evaluation.
public struct DetectionDataset: Sendable {
    /// The classes; an object's ``AnnotatedObject/classIndex`` is a position in this list.
    public var classNames: [String]
    /// The images, in the order of the split's list, or sorted by name without a list.
    public var samples: [Sample]
    /// The requested split.
    public var split: String
    /// The problems: what was left out, repaired, or only looks suspicious.
    public var problems: [DatasetProblem]
    /// Whether the objects are boxes or points.
    public var objectKind: ObjectKind
    /// The keypoints of the objects; nil where none are annotated.
    public var skeleton: Skeleton?
    /// The class numbers in result files.
    public var categories: CategoryNumbers
    /// All files of the data set, none of which a result may replace.
    package var files: [URL] = []

    /// Creates a data set from its parts.
    public init(
        classNames: [String], samples: [Sample], split: String, problems: [DatasetProblem] = [],
        skeleton: Skeleton? = nil, objectKind: ObjectKind = .boxes
    ) {
        self.classNames = classNames
        self.objectKind = objectKind
        self.skeleton = skeleton
        self.samples = samples
        self.split = split
        self.problems = problems
        categories = CategoryNumbers(classNames: classNames)
    }

    /// The same boxes without keypoints.
    public var withoutKeypoints: DetectionDataset {
        var plain = self
        plain.skeleton = nil
        for sample in plain.samples.indices {
            for object in plain.samples[sample].objects.indices { plain.samples[sample].objects[object].keypoints = [] }
        }
        return plain
    }
}

/// The class numbers used in files.
public struct CategoryNumbers: Hashable, Sendable {
    /// The number of each class, in the order of the class names.
    public var ids: [Int]
    /// The class names of each number, including classes without objects; several names where files of one data set disagree.
    public var names: [Int: [String]]
    /// Whether the data set defines the numbers itself; otherwise ``ids`` are positions in the list of classes from 1.
    public var areDefinedByDataset: Bool

    /// Numbers the classes from 1 in the order of their names.
    public init(classNames: [String]) {
        ids = classNames.indices.map { $0 + 1 }
        names = Dictionary(zip(ids, classNames.map { [$0] }), uniquingKeysWith: { first, _ in first })
        areDefinedByDataset = false
    }

    init(ids: [Int], names: [Int: [String]]) {
        self.ids = ids
        self.names = names
        areDefinedByDataset = true
    }

    /// Returns the numbering of a selection of classes; unknown classes get the next free numbers.
    ///
    /// - Parameters:
    ///   - wanted: The classes to number.
    ///   - classNames: The classes that ``ids`` are of.
    package func numbering(_ wanted: [String], of classNames: [String]) -> CategoryNumbers {
        guard areDefinedByDataset else { return CategoryNumbers(classNames: wanted) }
        var known = Dictionary(
            names.sorted { $0.key > $1.key }.flatMap { id, names in names.map { ($0, id) } },
            uniquingKeysWith: { _, lower in lower })
        known.merge(zip(classNames, ids)) { _, own in own }
        var result = self
        // The next free numbers; after the largest possible number there is none.
        let greatest = names.keys.max() ?? 0
        var next = greatest < Int.max - wanted.count ? greatest + 1 : 1
        result.ids = wanted.map { name in
            if let id = known[name] { return id }
            while result.names[next] != nil { next += 1 }
            result.names[next] = [name]
            next += 1
            return next - 1
        }
        return result
    }
}

extension DetectionDataset {
    /// A sentence about all problems in the annotations, quoting the first few; nil if there are none.
    package var problemsSummary: String? {
        if problems.isEmpty { return nil }
        let first = problems.prefix(3).map { "\($0)" }.joined(separator: "; ")
        let rest = problems.count > 3 ? "; and \(problems.count - 3) more" : ""
        return "\(problems.count) \(problems.count == 1 ? "problem" : "problems") in the annotations of the split "
            + "'\(split)' (unusable ones are skipped): \(first)\(rest); "
            + "`pinpoint data check` lists them all"
    }
}
