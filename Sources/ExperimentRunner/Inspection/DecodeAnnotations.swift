import Datasets
import Evaluation
import Foundation

/// What annotations say about the images of a decoding job.
struct DecodeAnnotations {
    /// For each image its objects; nil where nothing is known.
    private(set) var objects: [[GroundTruthBox]?]
    /// What had to be left out or mended.
    private(set) var problems: [DatasetProblem] = []

    /// - Parameter root: The data set; nil looks for VOC annotations beside each image and beside its folder.
    /// - Throws: ``DatasetError`` when `root` is no data set.
    init(of files: [URL], root: URL?, classNames: [String]) throws(DatasetError) {
        objects = files.map { _ in nil }
        if let root {
            read(files, Array(files.indices), try DatasetIndex(DatasetSource(root: root)), classNames)
            return
        }
        let folders = Dictionary(grouping: files.indices) {
            files[$0].standardizedFileURL.deletingLastPathComponent().path
        }
        for (path, members) in folders.sorted(by: { $0.key < $1.key }) {
            // A folder without annotations is no failure here: nobody claimed that there are any.
            guard let index = try? DatasetIndex(besideImages: members.map { files[$0] }, in: URL(fileURLWithPath: path))
            else { continue }
            read(files, members, index, classNames)
        }
    }

    private mutating func read(
        _ files: [URL], _ members: [Int], _ index: DatasetIndex, _ classNames: [String]
    ) {
        let result = index.samples(of: members.map { files[$0] }, classNames: classNames)
        problems += index.findings + result.problems.filter { $0.rule != .missingAnnotation }
        for (index, sample) in zip(members, result.samples) {
            objects[index] = sample?.objects.map {
                GroundTruthBox(
                    image: 0, classIndex: $0.classIndex, box: $0.box, difficult: $0.difficult, crowd: $0.crowd)
            }
        }
    }
}
