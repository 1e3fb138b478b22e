import Foundation

/// The reader of an annotation format: recognizes the format's files by content and fills a ``RawDataset``.
protocol AnnotationFormat {
    /// The format's name in settings.
    static var format: DatasetFormat { get }
    /// The format's name in messages: `YOLO (labels/*.txt)`.
    static var title: String { get }
    /// How images without annotations are interpreted.
    static var otherImages: OtherImages { get }
    /// Returns whether a file has this format, judging by its beginning.
    static func recognizes(_ opening: FileHead) -> Bool
    /// Reads the files that the format recognizes.
    ///
    /// - Parameters:
    ///   - files: The files of the tree that this format recognized, sorted by path; never empty.
    static func read(_ files: [FileHead], in tree: FolderTree, request: FormatRequest) throws(DatasetError)
        -> RawDataset
}

/// How a format interprets images in the data set's folders that no annotation refers to.
enum OtherImages {
    /// Their annotations are missing: they are reported and left out.
    case unannotated
    /// They are background images: the format has no other way to say so.
    case background
    /// They are ignored: the format lists its images.
    case ignored
}

/// Options for reading a format's files.
package struct FormatRequest: Sendable {
    /// Whether files with keypoints are preferred when several files annotate the same images.
    package var prefersKeypoints = false

    package init(prefersKeypoints: Bool = false) { self.prefersKeypoints = prefersKeypoints }
}

extension DatasetFormat {
    /// The format's name in messages.
    package var title: String { Self.readers.first { $0.format == self }?.title ?? rawValue }

    /// The readers of all formats. When two recognize a data set, the one with more images is used, then the earlier one.
    static var readers: [any AnnotationFormat.Type] {
        [
            VOCFormat.self, COCOFormat.self, YOLOFormat.self, LabelMeFormat.self, CVATFormat.self,
            CreateMLFormat.self, CSVFormat.self,
        ]
    }
}
