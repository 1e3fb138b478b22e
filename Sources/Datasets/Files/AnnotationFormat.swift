import Foundation

/// A way of writing annotations down. One file a format: it recognizes its files by content and fills a ``RawDataset``.
protocol AnnotationFormat {
    /// Its name in settings.
    static var format: DatasetFormat { get }
    /// What people call it, for messages: `YOLO (labels/*.txt)`.
    static var title: String { get }
    /// What images mean that none of its files speaks of.
    static var otherImages: OtherImages { get }
    /// Whether a file is one of this format's, by what its beginning says.
    static func recognizes(_ opening: FileOpening) -> Bool
    /// Reads the files that it recognizes.
    ///
    /// - Parameters:
    ///   - files: those of the tree that this format recognized, sorted by path; never empty.
    static func read(_ files: [FileOpening], in tree: FolderTree, request: FormatRequest) throws(DatasetError)
        -> RawDataset
}

/// What images mean that lie among those of a data set, and that none of its annotations speaks of.
enum OtherImages {
    /// Somebody forgot to annotate them: they are named, and left out.
    case unannotated
    /// They show nothing: that is how the format says so.
    case background
    /// Nothing: the format lists the images that it is about.
    case ignored
}

/// What the reader of a data set wants of a format beside the files.
package struct FormatRequest: Sendable {
    /// Whether of several files about the same images those with keypoints are read.
    package var prefersKeypoints = false

    package init(prefersKeypoints: Bool = false) { self.prefersKeypoints = prefersKeypoints }
}

extension DatasetFormat {
    /// What people call it.
    package var title: String { Self.readers.first { $0.format == self }?.title ?? rawValue }

    /// Every format that is read; of two that recognize a data set the one with more images is taken, then the earlier one.
    static var readers: [any AnnotationFormat.Type] {
        [
            VOCFormat.self, COCOFormat.self, YOLOFormat.self, LabelMeFormat.self, CVATFormat.self,
            CreateMLFormat.self, CSVFormat.self,
        ]
    }
}
