import Boxes
import Evaluation
import Foundation
import Tensors

/// Detections in the format of the VOC development kit: one text file per class, one line per detection.
public enum VOCResults {
    /// Writes `PREFIX_det_SPLIT_CLASS.txt` for each class into a folder: `IMAGE SCORE XMIN YMIN XMAX YMAX`, with VOC's
    /// 1-based, inclusive edges.
    ///
    /// - Parameters:
    ///   - imageIDs: Each image's file name without extension, by ``ScoredBox/image``.
    ///   - prefix: `comp3` if only the split's own data was used for training, `comp4` otherwise.
    /// - Throws: ``FileWriteError`` when a file cannot be written.
    public static func write(
        _ detections: [ScoredBox], imageIDs: [String], classNames: [String], split: String, to folder: URL,
        prefix: String = "comp4"
    ) throws(FileWriteError) {
        let files = fileNames(classNames: classNames, split: split, prefix: prefix)
        var places = [[Int]](repeating: [], count: files.count)
        for (place, detection) in detections.enumerated() { places[detection.classIndex].append(place) }
        for (fileName, places) in zip(files, places) {
            let file = try AtomicFile(folder.appendingPathComponent(fileName))
            for place in places {
                try file.append(text: line(detections[place], imageID: imageIDs[detections[place].image]))
            }
            try file.finish()
        }
    }

    /// Returns the file name of each class.
    public static func fileNames(classNames: [String], split: String, prefix: String = "comp4") -> [String] {
        let split = OutputNames.part(split)
        return OutputNames.parts(for: classNames).map {
            OutputNames.file(["\(prefix)_det_\(split)_\($0)"], extension: "txt")
        }
    }

    /// Returns one line, including the line break.
    static func line(_ detection: ScoredBox, imageID: String) -> String {
        let edges = detection.box.voc
        let numbers = [edges.xMin, edges.yMin, edges.xMax, edges.yMax].map { String(format: "%.2f", $0) }
        return "\(imageID) \(String(format: "%.6f", detection.score)) \(numbers.joined(separator: " "))\n"
    }
}
