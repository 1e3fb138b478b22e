import Boxes
import Datasets
import Foundation
import Tensors

/// Writes YOLO folders: `images`, `labels/*.txt`, one list per split, and `data.yaml`.
struct YOLOWriter: Sendable {
    /// The folder.
    let root: URL

    /// Creates the folders.
    ///
    /// - Throws: ``DatasetError/cannotWrite(path:reason:)`` when the folder is not empty, or without permission.
    init(new root: URL) throws(DatasetError) {
        self.root = root
        try NewFolder.make(["images", "labels"], in: root)
    }

    /// Returns the location of an image.
    func image(_ name: String) -> URL { root.appendingPathComponent("images").appendingPathComponent(name) }

    /// Writes labels, lists and the configuration. Classes are numbered from 0 in their order.
    func write(_ content: DatasetContent, fileNames: [String]) throws(DatasetError) {
        for folder in Set(content.images.map { label($0).deletingLastPathComponent() }) {
            do { try createFolder(folder) } catch { throw DatasetError(error) }
        }
        for sample in content.images {
            try write(sample.objects.filter { !$0.crowd }.map { Self.line($0, of: sample) }.joined(), to: label(sample))
        }
        for split in content.splits {
            let lines = split.members.map { "./images/\(fileNames[$0])\n" }
            try write(lines.joined(), to: root.appendingPathComponent("\(split.name).txt"))
        }
        try write(Self.configuration(content), to: root.appendingPathComponent("data.yaml"))
    }

    private func label(_ sample: Sample) -> URL { root.appendingPathComponent("labels/\(sample.id).txt") }

    private func write(_ text: String, to file: URL) throws(DatasetError) {
        do { try writeAtomically(Data(text.utf8), to: file) } catch { throw DatasetError(error) }
    }

    /// Returns `class centerX centerY width height`, the last four as fractions of the image's width and height.
    private static func line(_ object: AnnotatedObject, of sample: Sample) -> String {
        let (width, height) = (Double(max(1, sample.width ?? 1)), Double(max(1, sample.height ?? 1)))
        let box = object.box
        let numbers = [box.centerX / width, box.centerY / height, box.width / width, box.height / height]
        return "\(object.classIndex) " + numbers.map { String(format: "%.10g", $0) }.joined(separator: " ") + "\n"
    }

    private static func configuration(_ content: DatasetContent) -> String {
        // Without `path` the lists are searched for beside the configuration, even if that is moved.
        var lines = content.splits.map { "\($0.name): \($0.name).txt" }
        lines.append("nc: \(content.classNames.count)")
        lines.append("names:")
        for (index, name) in content.classNames.enumerated() { lines.append("  \(index): \(quoted(name))") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Returns text in YAML's double quotes, which can contain any character.
    private static func quoted(_ text: String) -> String {
        "\""
            + text.unicodeScalars.reduce(into: "") { result, scalar in
                switch scalar {
                case "\"", "\\": result += "\\\(scalar)"
                case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{2028}", "\u{2029}", "\u{feff}":
                    result += "\\u" + String(format: "%04x", scalar.value)
                default: result.unicodeScalars.append(scalar)
                }
            } + "\""
    }
}
