import Boxes
import Foundation

/// One object that an annotation says is in an image.
public struct AnnotatedObject: Hashable, Sendable {
    /// The class, from 0: a position in the data set's class names.
    public var classIndex: Int
    /// The name of the class.
    public var className: String
    /// Where it is, inside the image.
    public var box: Box<ImagePixels>
    /// VOC's flag: evaluation neither rewards finding it nor punishes missing it.
    public var difficult: Bool
    /// VOC's flag: the object reaches beyond what is seen of it.
    public var truncated: Bool
    /// COCO's flag: the box surrounds many objects.
    public var crowd: Bool
    /// Whether it is no object to learn: the heatmap's loss is masked where it lies. COCO's crowds are, and difficult objects
    /// where ``DatasetSource/difficult`` says so.
    public var isIgnored = false
    /// COCO's measure of what of the image the object covers, in square pixels; nil where nobody says.
    public var area: Double?
    /// Its keypoints in the order of the data set's skeleton; empty where it should have none, or where they cannot be used.
    public var keypoints: [Keypoint<ImagePixels>]

    /// An object of a class at a place.
    public init(
        classIndex: Int, className: String, box: Box<ImagePixels>, difficult: Bool = false, truncated: Bool = false,
        crowd: Bool = false, area: Double? = nil, keypoints: [Keypoint<ImagePixels>] = []
    ) {
        self.classIndex = classIndex
        self.className = className
        self.box = box
        self.difficult = difficult
        self.truncated = truncated
        self.crowd = crowd
        isIgnored = crowd
        self.area = area
        self.keypoints = keypoints
    }
}

/// One image and what is in it.
public struct Sample: Hashable, Sendable {
    /// What the image is called: its file name without extension, with more of its path where other images have the same.
    public var id: String
    /// What result files call it: COCO's number, or ``id``.
    public var identity: ImageIdentity
    /// Other identities of the same image, where several entries of the data set speak of it.
    public var aliases: [ImageIdentity] = []
    /// Its path inside the data set, with extension.
    public var path: String
    /// The image.
    public var imageURL: URL
    /// The file that says what is in it, where there is one an image.
    public var annotationURL: URL?
    /// What is in it; none for a background image.
    public var objects: [AnnotatedObject]
    /// The extents of the image in pixels, once it is turned as its EXIF data say; nil when they are not known.
    public var width, height: Int?

    /// An image with its objects.
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

/// Images to train on, or to be evaluated on.
public struct DetectionDataset: Sendable {
    /// The classes; an object's ``AnnotatedObject/classIndex`` is a position in this list.
    public var classNames: [String]
    /// The images, in the order of the split's list, or sorted by name where there is none.
    public var samples: [Sample]
    /// The split that was asked for.
    public var split: String
    /// What was wrong with it: what had to be left out, and what was mended or only looks wrong.
    public var problems: [DatasetProblem]
    /// What the objects' keypoints are; nil where none are annotated.
    public var skeleton: Skeleton?
    /// The numbers that stand for classes in result files.
    public var categories: CategoryNumbers

    /// A data set from its parts.
    public init(
        classNames: [String], samples: [Sample], split: String, problems: [DatasetProblem] = [],
        skeleton: Skeleton? = nil
    ) {
        self.classNames = classNames
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

/// The numbers that stand for classes in files.
public struct CategoryNumbers: Hashable, Sendable {
    /// The number of each class, in the order of the class names.
    public var ids: [Int]
    /// What each number stands for, classes without objects included; several names where files of one data set disagree.
    public var names: [Int: [String]]
    /// Whether the data set numbers its classes itself; otherwise ``ids`` are places in the list of classes from 1.
    public var areOwn: Bool

    /// Numbers from 1 in the order of the names.
    public init(classNames: [String]) {
        ids = classNames.indices.map { $0 + 1 }
        names = Dictionary(zip(ids, classNames.map { [$0] }), uniquingKeysWith: { first, _ in first })
        areOwn = false
    }

    init(ids: [Int], names: [Int: [String]]) {
        self.ids = ids
        self.names = names
        areOwn = true
    }

    /// The same numbers for some of the classes, or for others, which get the next free ones.
    ///
    /// - Parameters:
    ///   - wanted: The classes to number.
    ///   - classNames: The classes that ``ids`` are of.
    package func numbering(_ wanted: [String], of classNames: [String]) -> CategoryNumbers {
        guard areOwn else { return CategoryNumbers(classNames: wanted) }
        var known = Dictionary(
            names.sorted { $0.key > $1.key }.flatMap { id, names in names.map { ($0, id) } },
            uniquingKeysWith: { _, lower in lower })
        known.merge(zip(classNames, ids)) { _, own in own }
        var result = self
        // The next free ones; behind the greatest number of all there is none.
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
