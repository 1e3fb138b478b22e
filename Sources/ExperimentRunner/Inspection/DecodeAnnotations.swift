import Datasets
import Evaluation
import Foundation

/// What annotations say about the pictures of a decoding job.
struct DecodeAnnotations {
    /// For each picture its objects; nil where nothing is known.
    private(set) var objects: [[GroundTruthBox]?]
    /// What had to be left out or mended.
    private(set) var problems: [DatasetProblem] = []

    /// - Parameter root: The data set; nil looks for VOC annotations beside each picture and beside its folder.
    /// - Throws: ``DatasetError`` when `root` is no data set.
    init(of files: [URL], root: URL?, classNames: [String]) throws(DatasetError) {
        objects = files.map { _ in nil }
        if let root {
            try read(files, Array(files.indices), source: DatasetSource(root: root), classNames)
            return
        }
        let folders = Dictionary(grouping: files.indices) {
            files[$0].standardizedFileURL.deletingLastPathComponent().path
        }
        for (path, members) in folders.sorted(by: { $0.key < $1.key }) {
            let folder = URL(fileURLWithPath: path)
            for root in [folder.deletingLastPathComponent(), folder] {
                // A folder without annotations is no failure here: nobody claimed that there are any.
                try? read(files, members, source: DatasetSource(root: root, format: .voc), classNames)
            }
        }
    }

    private mutating func read(
        _ files: [URL], _ members: [Int], source: DatasetSource, _ classNames: [String]
    ) throws(DatasetError) {
        let open = members.filter { objects[$0] == nil }
        if open.isEmpty { return }
        let result = try source.samples(of: open.map { files[$0] }, classNames: classNames)
        problems += result.problems.filter { $0.rule != .missingAnnotation }
        for (index, sample) in zip(open, result.samples) {
            objects[index] = sample?.objects.map {
                GroundTruthBox(
                    image: 0, classIndex: $0.classIndex, box: $0.box, difficult: $0.difficult, crowd: $0.crowd)
            }
        }
    }
}
