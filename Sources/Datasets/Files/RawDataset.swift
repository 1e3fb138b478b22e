import Boxes
import Foundation

/// The content of a format's files, before images are found and measured.
///
/// Formats fill it without validation: boxes may lie anywhere, names may have spaces, and every image is listed, including those with
/// unreadable annotations.
package struct RawDataset: Sendable {
    /// The format, for messages.
    package var format: DatasetFormat
    package var classes = RawClasses()
    package var images: [RawImage] = []
    /// The keypoints of the objects; nil where none are annotated.
    package var skeleton: Skeleton?
    /// Whether boxes are stored as origin, width and height, so that files may contain corners by mistake.
    package var hasOriginAndSize = false
    /// Whether edges count pixels from 1 and include the last one, so that an edge of 0 is out of bounds.
    package var countsFromOne = false
    /// Problems with whole files.
    package var problems: [DatasetProblem] = []

    package init(format: DatasetFormat) { self.format = format }
}

/// The classes named by annotations, in the order of their first appearance.
package struct RawClasses: Sendable {
    package struct Entry: Sendable {
        /// The class name without surrounding white space.
        package var name: String
        /// COCO's `categories[].id`, or the class number in YOLO's label files.
        package var id: Int?
    }

    package private(set) var entries: [Entry] = []
    private var indices: [String: Int] = [:]

    /// Returns the position of a class; a new name is added.
    ///
    /// - Parameter name: The name as annotated, without surrounding white space.
    package mutating func index(of name: String) -> Int {
        if let index = indices[name] { return index }
        return add(name)
    }

    /// Sets the ids of classes from a table by name.
    mutating func number(by ids: [String: Int]) {
        for index in entries.indices { entries[index].id = ids[entries[index].name] ?? entries[index].id }
    }

    /// Adds a class, even if its name already exists.
    @discardableResult
    package mutating func add(_ name: String, id: Int? = nil) -> Int {
        entries.append(Entry(name: name, id: id))
        if indices[name] == nil { indices[name] = entries.count - 1 }
        return entries.count - 1
    }
}

/// An image as described by a format's file.
package struct RawImage: Sendable {
    /// Whether the image's objects are known.
    package enum State: Sendable {
        /// Its objects are listed; an empty list means background.
        case annotated
        /// There is no annotation.
        case unannotated
        /// An annotation exists but cannot be read; the reason is in the problems.
        case unreadable
    }

    /// The unit of the file's coordinates.
    package enum Units: Sendable { case pixels, fractions }

    /// COCO's id; nil where the image's path is its identity.
    package var identity: ImageIdentity?
    /// The image's name in the annotation: a name, or a path on another machine; nil when the annotation has none.
    package var fileName: String?
    /// The annotation file of this image alone, if any: the image has its name, unless `fileName` fits better.
    package var annotationFile: FolderTree.File?
    /// The file that describes the image, for messages: the image's own annotation, or a file about many images.
    package var source: URL
    /// The image file, if the format already knows it.
    package var imageFile: FolderTree.File?
    /// The line in `source`, from 1.
    package var line: Int?
    /// The image size stated by the annotation, in pixels.
    package var statedWidth, statedHeight: Double?
    /// Whether the stated size is not that of the image on which the boxes were drawn.
    package var hasStaleSize = false
    package var units = Units.pixels
    package var objects: [RawObject] = []
    /// The number of its objects that could not be read.
    package var lostObjects = 0
    package var state = State.annotated
    /// The splits to which the format's files assign the image.
    package var splits: [String] = []
    /// The only or the first split.
    package var split: String? {
        get { splits.first }
        set { splits = newValue.map { [$0] } ?? [] }
    }
    /// The split in the words of the format's file: CVAT's subset, or a table's column.
    package var splitLabel: String?
    /// Other identities under which the same image is listed.
    package var aliases: [ImageIdentity] = []
    package var problems: [DatasetProblem] = []

    /// Creates an image described by an annotation.
    package init(source: URL, fileName: String? = nil) {
        self.source = source
        self.fileName = fileName
    }

    /// Creates an image without an annotation.
    package init(unlisted file: FolderTree.File, state: State) {
        source = file.url
        imageFile = file
        self.state = state
    }

    /// Records a problem that makes one object unusable.
    package mutating func lose(_ problem: DatasetProblem) {
        lostObjects += 1
        problems.append(problem)
    }
}

/// An object as annotated.
package struct RawObject: Sendable {
    /// The shape from which the box was computed.
    package enum Origin: String, Sendable {
        case box
        case polygon
        case mask
        case rotatedBox = "rotated box"
        /// The object is a point, and so is its box.
        case point
    }

    /// The object's position in its file, from 1.
    package var number: Int
    /// The object's id in its file, if any.
    package var id: String?
    /// The line in its file, from 1.
    package var line: Int?
    /// A position in ``RawClasses/entries``.
    package var classIndex: Int
    /// The box in the image's ``RawImage/units``, 0-based and with exclusive ends.
    package var box: Box<ImagePixels>
    package var origin = Origin.box
    package var difficult = false
    package var truncated = false
    package var crowd = false
    /// Whether training ignores the object for another reason.
    package var isIgnored = false
    /// The stated area; nil unless it is a finite number above 0.
    package var area: Double?
    /// The keypoints in the order of the skeleton, possibly out of bounds; empty without any.
    package var keypoints: [Keypoint<ImagePixels>] = []

    package init(number: Int, line: Int? = nil, classIndex: Int, box: Box<ImagePixels>) {
        self.number = number
        self.line = line
        self.classIndex = classIndex
        self.box = box
    }
}
