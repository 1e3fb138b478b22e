import Foundation

/// A way of writing annotations down.
public enum DatasetFormat: String, CaseIterable, Hashable, Sendable {
    /// Whatever is found.
    case automatic
    /// An XML file an image, as the PASCAL Visual Object Classes challenge has them.
    case voc
    /// One JSON file of instances for many images, as COCO has them.
    case coco
    /// The same with keypoints: of a folder that has both kinds, the files for keypoints.
    case cocoKeypoints = "coco-keypoints"
    /// A text file an image with a line an object, as the YOLO family has them.
    case yolo
    /// A JSON file an image, as LabelMe's desktop tool writes them.
    case labelMe = "labelme"
    /// One XML file for many images, as CVAT writes them.
    case cvat
    /// One JSON list for many images, as Apple's Create ML has them.
    case createML = "createml"
    /// A table with a line an object, as the tutorials of TensorFlow and keras-retinanet have them.
    case csv
}

/// What becomes of objects that VOC calls difficult when a network learns.
public enum DifficultObjects: String, CaseIterable, Hashable, Sendable {
    /// They are learned like any other, as in CenterNet.
    case train
    /// They are no objects to learn: the heatmap's loss is masked where they lie.
    case ignore
}

/// A place that a data set can be read from.
///
/// Folders are known by what is in them, not by their names: documents of one of the formats, images, lists. Where neither
/// lists, nor folders, nor the annotations' own files say who is in which split, a seed decides.
public struct DatasetSource: Hashable, Sendable {
    /// The folder, or the one file that has all annotations.
    public var root: URL
    /// How it is written.
    public var format: DatasetFormat
    /// Decides who goes where when nothing else does.
    public var splitSeed: UInt64
    /// The part that `val` gets when the seed decides.
    public var validationFraction: Double
    /// What becomes of difficult objects.
    public var difficult: DifficultObjects
    /// Whether, of files about the same images, those with keypoints are read.
    public var prefersKeypoints: Bool

    /// A source; nothing is read yet.
    public init(
        root: URL, format: DatasetFormat = .automatic, splitSeed: UInt64 = 0, validationFraction: Double = 0.2,
        difficult: DifficultObjects = .train
    ) {
        self.root = root
        self.format = format
        self.splitSeed = splitSeed
        self.validationFraction = validationFraction
        self.difficult = difficult
        prefersKeypoints = format == .cocoKeypoints
    }
}
