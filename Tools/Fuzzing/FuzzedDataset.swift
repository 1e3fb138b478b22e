import Boxes
import Datasets
import Foundation
import Images
import TestSupport

extension FuzzedParser {
    /// The readers of annotations and split lists: each finds its file in a small data set with two images.
    static let datasets: [FuzzedParser] = [
        dataset("voc", words: vocWords) { try $0.write($1, to: "Annotations/a.xml") },
        dataset("coco", words: cocoWords) { try $0.write($1, to: "annotations/instances_train.json") },
        // A configuration and a label file, one after the other.
        dataset("yolo", words: yoloWords) { folder, bytes in
            let mark = Array("===\n".utf8)
            let range = bytes.firstRange(of: mark) ?? 0..<0
            try folder.write(bytes[..<range.lowerBound], to: "data.yaml")
            try folder.write(bytes[range.upperBound...], to: "labels/train/a.txt")
        },
        dataset("labelme", words: shapeWords) { try $0.write($1, to: "a.json") },
        dataset("cvat", words: cvatWords) { try $0.write($1, to: "annotations.xml") },
        dataset("createml", words: shapeWords) { try $0.write($1, to: "_annotations.createml.json") },
        dataset("csv-boxes", ending: "boxes", words: csvWords) { try $0.write($1, to: "boxes.csv") },
        dataset("lists", ending: "list", words: listWords) { folder, bytes in
            for name in ["a", "b"] {
                try folder.write(
                    "<annotation><object><name>cat</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>9</xmax><ymax>8</ymax>"
                        + "</bndbox></object></annotation>", to: "Annotations/\(name).xml")
            }
            try folder.write(bytes, to: "ImageSets/Main/train.txt")
        },
    ]

    /// Returns the reader of one annotation format.
    ///
    /// - Parameters:
    ///   - ending: The suffix of the examples' names.
    ///   - place: Writes the file's bytes to where the format has such files.
    private static func dataset(
        _ name: String, ending: String? = nil, words: [String],
        place: @escaping @Sendable (_ folder: TemporaryFolder, _ bytes: [UInt8]) throws -> Void
    ) -> FuzzedParser {
        FuzzedParser(
            name: name, examples: ("Tests/DatasetsTests/Files", "." + (ending ?? name)), memoryFactor: 512, words: words
        ) { url in
            let folder = try FuzzedParser.folder.get()
            try place(folder, [UInt8](try Data(contentsOf: url)))
            do throws(DatasetError) {
                return try answer(of: DatasetIndex(DatasetSource(root: folder.url)))
            } catch {
                return "\(error)".replacingOccurrences(of: folder.url.relativePath, with: "")
            }
        }
    }

    /// The folder of the data set: one for all files, since making it takes longer than reading it.
    nonisolated(unsafe) private static let folder: Result<TemporaryFolder, any Error> = Result {
        let folder = try TemporaryFolder()
        for (path, width, height) in [("images/train/a.png", 40, 30), ("images/sub/b.png", 20, 10)] {
            try folder.write(Data(), to: path)
            try Image(width: width, height: height, fill: (90, 40, 160)).writePNG(to: folder.file(path))
        }
        atexit { try? FileManager.default.removeItem(at: FuzzedParser.folder.get().url) }
        return folder
    }

    /// Returns the format and the broken rules of a data set, after checking that all objects are inside their images.
    private static func answer(of index: DatasetIndex) throws(DatasetError) -> String {
        let dataset = try index.dataset(split: "all")
        for sample in dataset.samples {
            let (width, height) = (Double(sample.width ?? 0), Double(sample.height ?? 0))
            for object in sample.objects {
                precondition(
                    !object.box.isEmpty && object.box.xMin >= 0 && object.box.yMin >= 0 && object.box.xMax <= width
                        && object.box.yMax <= height, "\(object.box) in an image of \(width) x \(height) pixels")
                precondition(dataset.classNames[object.classIndex] == object.className, "'\(object.className)'")
            }
        }
        for name in index.splitNames { _ = try? index.dataset(split: name) }
        let rules = Set((index.findings + dataset.problems).map(\.rule.rawValue)).sorted()
        return "\(index.format) \(rules.joined(separator: " "))"
    }
}

private let vocWords = [
    "<object>", "</object>", "<name>", "</name>", "<bndbox>", "<xmin>", "<polygon>", "<pt>", "<robndbox>",
    "<difficult>", "<deleted>", "<![CDATA[", "]]>", "<!DOCTYPE", "<!ENTITY", "&amp;", "&#x10ffff;", "nan", "1e308",
    "-0",
]

private let cocoWords = [
    "\"images\":[", "\"annotations\":[", "\"categories\":[", "\"bbox\":[", "\"segmentation\":[[", "\"counts\":",
    "\"size\":[", "\"id\":", "\"image_id\":", "\"category_id\":", "\"keypoints\":[", "\"skeleton\":[",
    "\"iscrowd\":1", "NaN", "Infinity", "1e999", "null", "{", "}", "[", "]",
]

private let yoloWords = [
    "names:", "nc: ", "path: ", "train: ", "kpt_shape: [", "flip_idx: [", "&a ", "*a", "- ", "|\n", "{", "}", "===\n",
    "0 0.5 0.5 0.2 0.2\n", "nan", "1e308", "..",
]

private let shapeWords = [
    "\"shapes\":[", "\"points\":[[", "\"label\":", "\"shape_type\":", "\"polygon\"", "\"circle\"", "\"rotation\"",
    "\"image\":", "\"coordinates\":{", "\"annotations\":[", "NaN", "1e999", "null", "{", "}", "[", "]",
]

private let cvatWords = [
    "<image name=\"a.png\">", "</image>", "<box ", "<polygon ", "<skeleton>", "<points ", "<track>", "points=\"",
    "rotation=\"", "xtl=\"", "label=\"", "<!ENTITY", "&lt;", "nan", "1e308", "/>",
]

private let csvWords = [
    "filename", "x1", "width", "bbox", "label", "split", "\"", "\"\"", ",", ";", "\t", "\r", "[", "nan", "1e308",
    "a.png",
]

private let listWords = [
    "a", "b", ".png", "/", "\\", "..", " -1", " 1", ",", "\r", "train", "Annotations/",
]
