import Boxes
import Foundation
import JSON
import Synchronization
import Tensors

/// LabelMe's format: one JSON file per image, written by LabelMe's desktop tool, AnyLabeling and X-AnyLabeling.
enum LabelMeFormat: AnnotationFormat {
    static let format = DatasetFormat.labelMe
    static let title = "LabelMe (one JSON file per image)"
    static let otherImages = OtherImages.unannotated

    static func recognizes(_ opening: FileHead) -> Bool {
        guard case .json(let json) = opening.content, !json.isList, json.has("shapes") else { return false }
        // The opening does not contain what follows the shapes.
        return json.first(of: "shapes", has: "points")
            || ["imagePath", "imageData", "imageHeight", "imageWidth", "version"].contains { json.has($0) }
    }

    static func read(
        _ files: [FileHead], in tree: FolderTree, request: FormatRequest
    ) throws(DatasetError) -> RawDataset {
        let stems = Set(tree.images.map { $0.stem.lowercased() })
        let annotations = annotations(files.map(\.file), in: tree, stems: stems)
        let readings = Mutex([LabelMeDocument?](repeating: nil, count: annotations.count))
        Parallel.forEach(annotations.count) { index, _ in
            let reading = LabelMeDocument(annotations[index])
            readings.withLock { $0[index] = reading }
        }
        var raw = RawDataset(format: format)
        for document in readings.withLock({ $0 }) {
            guard var image = document?.image, let names = document?.classNames else { continue }
            for index in image.objects.indices {
                image.objects[index].classIndex = raw.classes.index(of: names[image.objects[index].classIndex])
            }
            if document?.hasImageData == true, !isThere(image, stems) { image.problems.append(embedded(image.source)) }
            raw.images.append(image)
        }
        return raw
    }

    /// Returns the recognized files, and unreadable files beside them that have the name of an image.
    private static func annotations(
        _ files: [FolderTree.File], in tree: FolderTree, stems: Set<String>
    ) -> [FolderTree.File] {
        let recognized = Set(files)
        let folders = Set(files.map { $0.folders.joined(separator: "/") })
        return tree.documents.filter { file in
            if recognized.contains(file) { return true }
            guard file.ending == "json", stems.contains(file.stem.lowercased()),
                folders.contains(file.folders.joined(separator: "/")),
                case .unreadable = FileHead(file).content
            else { return false }
            return true
        }
    }

    private static func isThere(_ image: RawImage, _ stems: Set<String>) -> Bool {
        let names = [image.annotationFile?.stem, image.fileName.map { FileName.stem(ImageFinder.lastPart($0)) }]
        return names.contains { $0.map { stems.contains($0.lowercased()) } ?? false }
    }

    private static func embedded(_ file: URL) -> DatasetProblem {
        DatasetProblem(
            file: file, rule: .missingImage,
            message:
                "the image is only embedded in 'imageData' and was not read; `labelme_export_json` writes it to a file")
    }
}

/// One annotation, or the reason why it is unreadable.
private struct LabelMeDocument {
    private(set) var image: RawImage
    private(set) var classNames: [String] = []
    /// Whether the image is embedded in the file.
    private(set) var hasImageData = false

    init(_ file: FolderTree.File) {
        image = RawImage(source: file.url)
        image.annotationFile = file
        do throws(FileReadingError) {
            try AnnotationText.withJSON(of: file.url) { bytes in
                do throws(JSONError) {
                    var reader = JSONReader(bytes)
                    try read(&reader)
                } catch {
                    let place = error.path.isEmpty ? "" : "'\(error.path)' "
                    fail(place + error.reason, line: error.line)
                }
            }
        } catch { fail(error.reason, line: nil) }
    }

    private mutating func fail(_ reason: String, line: Int?) {
        image.state = .unreadable
        image.objects = []
        image.problems = [
            DatasetProblem(file: image.source, line: line, rule: .unreadableAnnotation, message: reason)
        ]
    }

    private mutating func read(_ reader: inout JSONReader) throws(JSONError) {
        var hasShapes = false
        try reader.object { (key, reader) throws(JSONError) in
            switch key {
            case "imagePath": image.fileName = try reader.text()
            case "imageHeight": image.statedHeight = try reader.optionalNumber()
            case "imageWidth": image.statedWidth = try reader.optionalNumber()
            case "imageData": hasImageData = try reader.kind() == .string
            case "shapes":
                hasShapes = true
                try reader.array { (index, reader) throws(JSONError) in try readShape(index + 1, &reader) }
            default: break
            }
        }
        try reader.end()
        if !hasShapes { fail("it has no 'shapes'", line: nil) }
    }

    private mutating func readShape(_ number: Int, _ reader: inout JSONReader) throws(JSONError) {
        var shape = LabelMeShape(number: number, line: reader.line, file: image.source)
        guard try reader.kind() == .object else {
            return image.lose(shape.problem(.missingField, "it is not a shape: a JSON object is expected"))
        }
        try reader.object { (key, reader) throws(JSONError) in try shape.read(key, &reader) }
        do throws(DatasetProblem) {
            let name = try shape.name()
            let (box, origin) = try shape.box()
            let classIndex = classNames.firstIndex(of: name) ?? classNames.count
            if classIndex == classNames.count { classNames.append(name) }
            var object = RawObject(number: number, line: shape.line, classIndex: classIndex, box: box)
            object.origin = origin
            object.difficult = shape.isDifficult
            image.objects.append(object)
        } catch { image.lose(error) }
    }
}
