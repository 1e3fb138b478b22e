import Boxes
import Foundation

/// What a format's files say, before images are looked for and measured.
///
/// A format fills it and judges nothing: boxes may lie anywhere, names may have spaces, and every image is listed, those whose
/// annotation cannot be read, too.
package struct RawDataset: Sendable {
    /// The format, for messages.
    package var format: DatasetFormat
    package var classes = RawClasses()
    package var images: [RawImage] = []
    /// What the objects' keypoints are; nil where none are annotated.
    package var skeleton: Skeleton?
    /// Whether boxes are written as an origin with width and height, so that somebody may have put corners there.
    package var hasOriginAndSize = false
    /// Whether edges count pixels from 1 and include the last one, so that an edge of 0 is outside.
    package var countsFromOne = false
    /// What is wrong with files as a whole.
    package var problems: [DatasetProblem] = []

    package init(format: DatasetFormat) { self.format = format }
}

/// The classes that annotations name, in the order in which they were met.
package struct RawClasses: Sendable {
    package struct Entry: Sendable {
        /// Without white space around it.
        package var name: String
        /// COCO's `categories[].id`, or the number that stands for it in YOLO's label files.
        package var id: Int?
    }

    package private(set) var entries: [Entry] = []
    private var indices: [String: Int] = [:]

    /// The position of a class; a name that is new is added.
    ///
    /// - Parameter name: as annotated, already without white space around it.
    package mutating func index(of name: String) -> Int {
        if let index = indices[name] { return index }
        return add(name)
    }

    /// Gives classes the numbers of a list by name.
    mutating func number(by ids: [String: Int]) {
        for index in entries.indices { entries[index].id = ids[entries[index].name] ?? entries[index].id }
    }

    /// Adds a class, whether or not there is one of its name.
    @discardableResult
    package mutating func add(_ name: String, id: Int? = nil) -> Int {
        entries.append(Entry(name: name, id: id))
        if indices[name] == nil { indices[name] = entries.count - 1 }
        return entries.count - 1
    }
}

/// An image as a format's file speaks of it.
package struct RawImage: Sendable {
    /// What is known about its objects.
    package enum State: Sendable {
        /// Its objects are listed; none means background.
        case annotated
        /// Nothing says what is in it.
        case unannotated
        /// An annotation exists and cannot be read; the reason is in the problems.
        case unreadable
    }

    /// What the file's coordinates count.
    package enum Units: Sendable { case pixels, fractions }

    /// COCO's id; nil where the image's path is its identity.
    package var identity: ImageIdentity?
    /// What the annotation calls the image: a name or a path of somebody's machine; nil when it says nothing.
    package var fileName: String?
    /// The annotation's own file where there is one an image: the image goes by its name, unless `fileName` says better.
    package var annotationFile: FolderTree.File?
    /// The file that speaks of the image, for messages: the image's own annotation, or one of many images.
    package var source: URL
    /// Where the image is, if the format already knows.
    package var imageFile: FolderTree.File?
    /// The line in `source`, from 1.
    package var line: Int?
    /// The extents that it states, in pixels.
    package var statedWidth, statedHeight: Double?
    /// Whether those extents are of another image than the boxes were drawn on.
    package var hasStaleSize = false
    package var units = Units.pixels
    package var objects: [RawObject] = []
    /// How many objects it has that could not be understood.
    package var lostObjects = 0
    package var state = State.annotated
    /// The splits that the format's files put it in.
    package var splits: [String] = []
    /// The only or the first of them.
    package var split: String? {
        get { splits.first }
        set { splits = newValue.map { [$0] } ?? [] }
    }
    /// What the format's file says of the split in its own words: CVAT's subset, a table's column.
    package var splitLabel: String?
    /// Other identities under which the same image is listed.
    package var aliases: [ImageIdentity] = []
    package var problems: [DatasetProblem] = []

    /// An image that an annotation speaks of.
    package init(source: URL, fileName: String? = nil) {
        self.source = source
        self.fileName = fileName
    }

    /// An image that no annotation speaks of.
    package init(unlisted file: FolderTree.File, state: State) {
        source = file.url
        imageFile = file
        self.state = state
    }

    /// Keeps a problem that costs one object.
    package mutating func lose(_ problem: DatasetProblem) {
        lostObjects += 1
        problems.append(problem)
    }
}

/// An object as annotated.
package struct RawObject: Sendable {
    /// What the box was made from.
    package enum Origin: String, Sendable {
        case box
        case polygon
        case mask
        case rotatedBox = "rotated box"
    }

    /// Its place in its file, from 1.
    package var number: Int
    /// What its file calls it, where that has identities for objects.
    package var id: String?
    /// The line in its file, from 1.
    package var line: Int?
    /// A position in ``RawClasses/entries``.
    package var classIndex: Int
    /// In the image's ``RawImage/units``, 0-based and with exclusive ends.
    package var box: Box<ImagePixels>
    package var origin = Origin.box
    package var difficult = false
    package var truncated = false
    package var crowd = false
    /// Whether it is no object to learn, for another reason.
    package var isIgnored = false
    /// As stated; nil when it is no finite number above 0.
    package var area: Double?
    /// In the order of the skeleton, anywhere; empty without.
    package var keypoints: [Keypoint<ImagePixels>] = []

    package init(number: Int, line: Int? = nil, classIndex: Int, box: Box<ImagePixels>) {
        self.number = number
        self.line = line
        self.classIndex = classIndex
        self.box = box
    }
}
