import Boxes
import Datasets
import Foundation
import Tensors

/// Writes VOC folders: `Annotations`, `JPEGImages` and `ImageSets/Main`.
package struct VOCWriter: Sendable {
    /// The folder.
    let root: URL

    /// Creates the folders.
    ///
    /// - Throws: ``DatasetError/cannotWrite(path:reason:)`` when the folder is not empty, or without permission.
    package init(new root: URL) throws(DatasetError) {
        self.root = root
        try NewFolder.make(["Annotations", "JPEGImages", "ImageSets/Main"], in: root)
    }

    /// Returns the location of an image.
    package func image(_ name: String) -> URL { root.appendingPathComponent("JPEGImages").appendingPathComponent(name) }

    /// Writes an image's annotation.
    ///
    /// - Parameter imageName: The image's file name, below `JPEGImages`.
    func write(_ sample: Sample, imageName: String) throws(DatasetError) {
        try write(
            sample.objects, id: sample.id, imageName: imageName, width: sample.width ?? 0, height: sample.height ?? 0)
    }

    /// Writes the annotation of an image with the given id.
    package func write(
        _ objects: [AnnotatedObject], id: String, imageName: String, width: Int, height: Int
    ) throws(DatasetError) {
        let path = "Annotations/\(id).xml"
        if id.contains("/") {
            let folder = root.appendingPathComponent(path).deletingLastPathComponent()
            do { try createFolder(folder) } catch { throw DatasetError(error) }
        }
        let name = imageName.split(separator: "/").last.map(String.init) ?? imageName
        try write(Self.xml(objects, imageName: name, width: width, height: height), to: path)
    }

    /// Writes the list of a split.
    package func write(split: String, ids: [String]) throws(DatasetError) {
        try write(ids.map { $0 + "\n" }.joined(), to: "ImageSets/Main/\(split).txt")
    }

    private func write(_ text: String, to path: String) throws(DatasetError) {
        do { try writeAtomically(Data(text.utf8), to: root.appendingPathComponent(path)) } catch {
            throw DatasetError(error)
        }
    }

    /// Returns an annotation in VOC's format; whole pixels are written as whole numbers.
    package static func xml(_ objects: [AnnotatedObject], imageName: String, width: Int, height: Int) -> String {
        var lines = [
            "<annotation>", "\t<folder>JPEGImages</folder>", "\t<filename>\(escaped(imageName))</filename>", "\t<size>",
            "\t\t<width>\(width)</width>", "\t\t<height>\(height)</height>", "\t\t<depth>3</depth>", "\t</size>",
            "\t<segmented>0</segmented>",
        ]
        for object in objects {
            let box = object.box.voc
            lines += [
                "\t<object>", "\t\t<name>\(escaped(object.className))</name>", "\t\t<pose>Unspecified</pose>",
                "\t\t<truncated>\(object.truncated ? 1 : 0)</truncated>",
                "\t\t<difficult>\(object.difficult ? 1 : 0)</difficult>",
            ]
            // COCO's fields, under COCO's names.
            if object.crowd { lines.append("\t\t<iscrowd>1</iscrowd>") }
            if let area = object.area { lines.append("\t\t<area>\(plain(area))</area>") }
            lines += [
                "\t\t<bndbox>",
                "\t\t\t<xmin>\(plain(box.xMin))</xmin>", "\t\t\t<ymin>\(plain(box.yMin))</ymin>",
                "\t\t\t<xmax>\(plain(box.xMax))</xmax>", "\t\t\t<ymax>\(plain(box.yMax))</ymax>", "\t\t</bndbox>",
                "\t</object>",
            ]
        }
        return (lines + ["</annotation>", ""]).joined(separator: "\n")
    }

    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            // XML cannot represent other control characters or these two.
            case "\u{0}"..."\u{8}", "\u{b}", "\u{c}", "\u{e}"..."\u{1f}", "\u{fffe}", "\u{ffff}": result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
