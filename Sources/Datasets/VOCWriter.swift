import Foundation
import Tensors

/// Writes VOC folders: `Annotations`, `JPEGImages` and `ImageSets/Main`.
struct VOCWriter {
    /// The folder.
    let root: URL

    /// Makes the folders.
    ///
    /// - Throws: ``DatasetError/cannotWrite(path:reason:)`` when there is something already, or no permission.
    init(new root: URL) throws(DatasetError) {
        self.root = root
        try FileSystem.makeFolders(["Annotations", "JPEGImages", "ImageSets/Main"], inNew: root)
    }

    /// Where a picture goes.
    func image(_ name: String) -> URL { root.appendingPathComponent("JPEGImages").appendingPathComponent(name) }

    /// Writes a picture's annotation.
    ///
    /// - Parameter imageName: The picture's file name, with extension.
    func write(_ objects: [AnnotatedObject], id: String, imageName: String, width: Int, height: Int)
        throws(DatasetError)
    {
        try write(Self.xml(objects, imageName: imageName, width: width, height: height), to: "Annotations/\(id).xml")
    }

    /// Writes the list of a split.
    func write(split: String, ids: [String]) throws(DatasetError) {
        try write(ids.map { $0 + "\n" }.joined(), to: "ImageSets/Main/\(split).txt")
    }

    private func write(_ text: String, to path: String) throws(DatasetError) {
        do throws(FileError) { try writeAtomically(Data(text.utf8), to: root.appendingPathComponent(path)) } catch {
            throw .cannotWrite(path: error.path, reason: error.reason)
        }
    }

    /// An annotation as VOC writes it; whole pixels stay whole numbers.
    static func xml(_ objects: [AnnotatedObject], imageName: String, width: Int, height: Int) -> String {
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
                "\t\t<difficult>\(object.difficult ? 1 : 0)</difficult>", "\t\t<bndbox>",
                "\t\t\t<xmin>\(plain(box.xMin))</xmin>", "\t\t\t<ymin>\(plain(box.yMin))</ymin>",
                "\t\t\t<xmax>\(plain(box.xMax))</xmax>", "\t\t\t<ymax>\(plain(box.yMax))</ymax>", "\t\t</bndbox>",
                "\t</object>",
            ]
        }
        return (lines + ["</annotation>", ""]).joined(separator: "\n")
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            default: result.append(character)
            }
        }
    }
}
