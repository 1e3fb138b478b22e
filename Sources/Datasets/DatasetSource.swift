import Foundation

/// An annotation format.
public enum DatasetFormat: String, CaseIterable, Hashable, Sendable {
    /// The format is detected from the files.
    case automatic
    /// One XML file per image, as in the PASCAL Visual Object Classes challenge.
    case voc
    /// One JSON file of instances for many images, as in COCO.
    case coco
    /// COCO with keypoints: in a folder with both kinds of files, the keypoint files are read.
    case cocoKeypoints = "coco-keypoints"
    /// One text file per image with one line per object, as in the YOLO family.
    case yolo
    /// One JSON file per image, as written by LabelMe's desktop tool.
    case labelMe = "labelme"
    /// One XML file for many images, as written by CVAT.
    case cvat
    /// One JSON list for many images, as in Apple's Create ML.
    case createML = "createml"
    /// A table with one row per object, as in the TensorFlow and keras-retinanet tutorials.
    case csv
}

/// How training treats objects that VOC marks as difficult.
public enum DifficultObjects: String, CaseIterable, Hashable, Sendable {
    /// They are trained on like any other object, as in CenterNet.
    case train
    /// They are not trained on: the heatmap loss is masked at their position.
    case ignore
}

/// The location of a data set and how to read it.
///
/// Folders are recognized by their content, not their names: annotation files of one of the formats, images, lists. Where neither
/// lists, folders nor annotation files assign images to splits, a random seed divides them.
public struct DatasetSource: Hashable, Sendable {
    /// The folder, or the single file with all annotations.
    public var root: URL
    /// The annotation format.
    public var format: DatasetFormat
    /// The random seed that divides images into splits when the data set does not define any.
    public var splitSeed: UInt64
    /// The fraction of images held out for `val` when the seed divides them.
    public var validationFraction: Double
    /// How training treats difficult objects.
    public var difficult: DifficultObjects
    /// Whether objects are read as boxes or as points.
    public var objects: ObjectChoice
    /// Whether files with keypoints are preferred when several files annotate the same images.
    public var prefersKeypoints: Bool

    /// Creates a source; nothing is read yet.
    public init(
        root: URL, format: DatasetFormat = .automatic, splitSeed: UInt64 = 0, validationFraction: Double = 0.2,
        difficult: DifficultObjects = .train, objects: ObjectChoice = .automatic
    ) {
        self.root = root
        self.format = format
        self.splitSeed = splitSeed
        self.validationFraction = validationFraction
        self.difficult = difficult
        self.objects = objects
        prefersKeypoints = format == .cocoKeypoints
    }
}
