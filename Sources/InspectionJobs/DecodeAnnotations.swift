import Boxes
import Datasets
import Evaluation
import Foundation

/// The annotations of a decoding job's images.
struct DecodeAnnotations {
    /// The objects of each image; nil for images without annotations.
    private(set) var objects: [[GroundTruthBox]?]
    /// The files of the data sets that were read.
    private(set) var files: [URL] = []
    /// The annotations that were left out or repaired.
    private(set) var problems: [DatasetProblem] = []
    private let kind: ObjectKind

    /// Reads the annotations of images.
    ///
    /// - Parameters:
    ///   - root: The data set; nil to look for VOC annotations beside each image and beside its folder.
    /// - Throws: ``DatasetError`` if `root` is not a data set.
    ///   - kind: Whether the network detects boxes or points: for those, the centres of boxes are taken.
    init(
        of files: [URL], root: URL?, classNames: [String], kind: ObjectKind = .boxes
    ) throws(DatasetError) {
        self.kind = kind
        objects = files.map { _ in nil }
        if let root {
            read(files, Array(files.indices), try DatasetIndex(source(root)), classNames)
            return
        }
        let folders = Dictionary(grouping: files.indices) {
            files[$0].standardizedFileURL.deletingLastPathComponent().path
        }
        for (path, members) in folders.sorted(by: { $0.key < $1.key }) {
            // A folder without annotations is not an error, since none were requested; nor are folders beside it that cannot be listed.
            guard let index = try? DatasetIndex(besideImages: members.map { files[$0] }, in: URL(fileURLWithPath: path))
            else { continue }
            read(files, members, index, classNames)
        }
    }

    private func source(_ root: URL) -> DatasetSource {
        DatasetSource(root: root, objects: kind == .points ? .points : .boxes)
    }

    private mutating func read(
        _ files: [URL], _ members: [Int], _ index: DatasetIndex, _ classNames: [String]
    ) {
        let result = index.samples(of: members.map { files[$0] }, classNames: classNames)
        self.files += index.files
        problems += index.findings + result.problems.filter { $0.rule != .missingAnnotation }
        for (index, sample) in zip(members, result.samples) {
            objects[index] = sample?.objects.map {
                GroundTruthBox(
                    image: 0, classIndex: $0.classIndex, box: kind == .points && !$0.crowd ? $0.box.center : $0.box,
                    difficult: $0.difficult, crowd: $0.crowd)
            }
        }
    }
}
