import Foundation

/// How a data set is laid out on disk.
public enum DatasetFormat: String, CaseIterable, Hashable, Sendable {
    /// Whatever is found.
    case automatic
    /// An XML file a picture, as the PASCAL Visual Object Classes challenge has them.
    case voc
    /// One JSON file of instances for many pictures, as COCO has them.
    case coco
    /// The same with joints: of a folder that has both kinds, the files for keypoints.
    case cocoKeypoints = "coco-keypoints"
}

/// A place that a data set can be read from.
///
/// VOC data may be the development kit's folder or one of its years, or two folders of any usual name and case
/// (`annotations/ images/`), or one with XML and pictures side by side, or one such folder a split. COCO data are a JSON
/// file, or a folder with `annotations/instances_SPLIT*.json` or `annotations/person_keypoints_SPLIT*.json`. Where no lists say who is in which split, a seed decides.
public struct DatasetSource: Hashable, Sendable {
    /// The folder, or COCO's JSON file.
    public var root: URL
    /// How it is laid out.
    public var format: DatasetFormat
    /// Decides who goes where when there are no lists.
    public var splitSeed: UInt64
    /// The part that `val` gets when there are no lists.
    public var validationFraction: Double

    /// A source; nothing is read yet.
    public init(
        root: URL, format: DatasetFormat = .automatic, splitSeed: UInt64 = 0, validationFraction: Double = 0.2
    ) {
        self.root = root
        self.format = format
        self.splitSeed = splitSeed
        self.validationFraction = validationFraction
    }
}
