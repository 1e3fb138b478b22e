import Boxes
import Foundation
import Markup

/// CVAT's export "CVAT for images 1.1": one XML file for many images.
enum CVATFormat: AnnotationFormat {
    static let format = DatasetFormat.cvat
    static let title = "CVAT for images (one XML file)"
    static let otherImages = OtherImages.ignored

    static func recognizes(_ opening: FileHead) -> Bool {
        guard case .xml(let root, let child) = opening.content else { return false }
        return root == "annotations" && child.map { ["version", "meta", "image", "track"].contains($0) } ?? true
    }

    static func read(
        _ files: [FileHead], in tree: FolderTree, request: FormatRequest
    ) throws(DatasetError) -> RawDataset {
        var raw = RawDataset(format: format)
        for opening in files {
            let url = opening.file.url
            do {
                let text = try TextFile(url, limit: CVATDocument.maximumBytes, declaration: .xml)
                var document = CVATDocument(text.utf8, file: url)
                try document.read(into: &raw)
            } catch let error as XMLError {
                raw.report(
                    url, line: error.line, error.reason, keeps: raw.images.count { $0.source == url },
                    rule: error.kind == .entityDeclarations ? .entityDeclaration : .unreadableAnnotation)
            } catch {
                let fault = error as? TextFile.Fault
                raw.report(url, line: fault?.line, fault?.reason ?? "it cannot be read")
            }
        }
        return raw
    }
}

/// Reads one document from front to back.
private struct CVATDocument {
    /// The maximum size of a document.
    static let maximumBytes = 1 << 30

    private var reader: XMLReader
    private let file: URL
    private var hasTracks = false

    init(_ utf8: [UInt8], file: URL) {
        reader = XMLReader(utf8)
        self.file = file
    }

    /// Reads the whole document.
    ///
    /// - Throws: ``XMLError``; everything before the error has been read.
    mutating func read(into raw: inout RawDataset) throws(XMLError) {
        var depth = 0
        var path: [String] = []
        while let event = try reader.next() {
            switch event {
            case .start(let element) where depth == 1 && element.name == "image":
                raw.images.append(try image(element, &raw.classes))
            case .start(let element) where depth == 1 && element.name == "track":
                reportTracks(&raw)
                try reader.skip()
            case .start(let element):
                depth += 1
                path.append(element.name)
            case .text(let text):
                if path.suffix(2) == ["label", "name"], path.contains("meta") { declare(text, &raw.classes) }
            case .end:
                depth -= 1
                path.removeLast()
            }
        }
    }

    private func declare(_ text: String, _ classes: inout RawClasses) {
        let name = text.trimmingWhiteSpace()
        if !name.isEmpty { _ = classes.index(of: name) }
    }

    private mutating func reportTracks(_ raw: inout RawDataset) {
        if hasTracks { return }
        hasTracks = true
        var problem = DatasetProblem.systematic(
            file, .unreadableAnnotation,
            "tracks ('CVAT for video 1.1') are not supported; export the task as 'CVAT for images 1.1'")
        problem.line = reader.line
        raw.problems.append(problem)
    }

    private mutating func image(
        _ element: XMLReader.Element, _ classes: inout RawClasses
    ) throws(XMLError) -> RawImage {
        var image = RawImage(source: file, fileName: element["name"])
        image.line = reader.line
        image.statedWidth = element["width"].flatMap { plainNumber($0) }
        image.statedHeight = element["height"].flatMap { plainNumber($0) }
        image.splitLabel = element["subset"]
        var number = 0
        while let event = try reader.next() {
            switch event {
            case .start(let element) where element.name == "tag": try reader.skip()
            case .start(let element):
                number += 1
                let shape = CVATShape(element, number: number, line: reader.line, file: file)
                // The points of a skeleton are child elements.
                let points = try reader.points()
                do throws(DatasetProblem) {
                    let name = try shape.name()
                    let (boxes, origin) = try shape.places(points: points)
                    let classIndex = classes.index(of: name)
                    for box in boxes {
                        var object = RawObject(number: number, line: shape.line, classIndex: classIndex, box: box)
                        object.origin = origin
                        image.objects.append(object)
                    }
                } catch { image.lose(error) }
            case .text: break
            case .end: return image
            }
        }
        return image
    }
}

extension RawDataset {
    /// Reports that a file of many images cannot be read, or only in part.
    mutating func report(
        _ file: URL, line: Int?, _ reason: String, keeps count: Int = 0, rule: DatasetRule = .unreadableAnnotation
    ) {
        let rest =
            count == 0
            ? "" : "; the \(count == 1 ? "image" : "\(count) images") before that \(count == 1 ? "was" : "were") read"
        var problem = DatasetProblem.systematic(file, rule, reason + rest)
        problem.line = line
        problems.append(problem)
    }
}

extension XMLReader {
    /// Reads the current element to its end and returns the `points` of the elements in it.
    fileprivate mutating func points() throws(XMLError) -> [String] {
        var depth = 1
        var points: [String] = []
        while depth > 0, let event = try next() {
            switch event {
            case .start(let element):
                depth += 1
                if element["outside"] != "1", let text = element["points"] { points.append(text) }
            case .end: depth -= 1
            case .text: break
            }
        }
        return points
    }
}
