import Boxes
import Datasets
import Foundation
import Images
import TestSupport

extension TemporaryFolder {
    /// The folder as a data set.
    public var source: DatasetSource { DatasetSource(root: url) }

    /// Writes an image of one colour; different colours make different files.
    @discardableResult
    public func image(_ path: String, width: Int = 40, height: Int = 30, red: UInt8 = 90) throws -> URL {
        let url = try write(Data(), to: path)
        let image = Image(width: width, height: height, fill: (red, 40, 160))
        if url.pathExtension.lowercased() == "png" {
            try image.writePNG(to: url)
        } else {
            try image.writeJPEG(to: url)
        }
        return url
    }

    /// Writes images with one cat each, in the flat layout.
    public func flat(_ names: [String]) throws {
        for (index, name) in names.enumerated() {
            try image("images/\(name).jpg", red: UInt8(index))
            try write(annotation([object("cat", 1, 1, 20, 20)], filename: "\(name).jpg"), to: "annotations/\(name).xml")
        }
    }

    /// Returns every file below a path, by its relative path, with its content.
    public func contents(_ path: String = ".") throws -> [String: Data] {
        let root = file(path)
        var contents: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: root.path) {
            if let data = try? Data(contentsOf: root.appendingPathComponent(name)) { contents[name] = data }
        }
        return contents
    }
}

/// Returns a VOC document with one element per line.
public func annotation(
    _ objects: [String], filename: String = "a.jpg", width: Int = 40, height: Int = 30
) -> String {
    """
    <annotation>
    <filename>\(filename)</filename>
    <size><width>\(width)</width><height>\(height)</height><depth>3</depth></size>
    \(objects.joined(separator: "\n"))
    </annotation>

    """
}

/// Returns a VOC object on one line.
public func object(_ name: String, _ x0: Any, _ y0: Any, _ x1: Any, _ y1: Any, _ more: String = "") -> String {
    "<object><name>\(name)</name>\(more)<bndbox><xmin>\(x0)</xmin><ymin>\(y0)</ymin><xmax>\(x1)</xmax>"
        + "<ymax>\(y1)</ymax></bndbox></object>"
}

/// Returns a box with the given edges.
public func box(_ xMin: Double, _ yMin: Double, _ xMax: Double, _ yMax: Double) -> Box<ImagePixels> {
    Box(xMin: xMin, yMin: yMin, xMax: xMax, yMax: yMax)
}

extension TemporaryFolder {
    /// Reads the folder's data set.
    public func index() throws -> DatasetIndex { try DatasetIndex(source) }

    /// Returns the names of a split's images, in order.
    public func ids(_ split: String) throws -> [String] { try index().dataset(split: split).samples.map(\.id) }
}

extension DatasetIndex {
    /// Returns the findings of one rule.
    public func findings(of rule: DatasetRule) -> [DatasetProblem] { findings.filter { $0.rule == rule } }
}
