import Boxes
import Foundation
import JSON

/// Create ML's format: one JSON list for many images, also written by Roboflow and RectLabel.
enum CreateMLFormat: AnnotationFormat {
    static let format = DatasetFormat.createML
    static let title = "Create ML (one JSON list)"
    static let otherImages = OtherImages.ignored

    static func recognizes(_ opening: FileHead) -> Bool {
        guard case .json(let json) = opening.content, json.isList else { return false }
        return CreateMLDocument.imageKeys.contains { json.has($0) }
            && CreateMLDocument.annotationKeys.contains { json.has($0) }
    }

    static func read(
        _ files: [FileHead], in tree: FolderTree, request: FormatRequest
    ) throws(DatasetError) -> RawDataset {
        var raw = RawDataset(format: format)
        for opening in files {
            let url = opening.file.url
            let before = raw.images.count
            do throws(FileReadingError) {
                try AnnotationText.withJSON(of: url) { bytes in
                    do throws(JSONError) {
                        var reader = JSONReader(bytes)
                        try CreateMLDocument(file: url).read(&reader, into: &raw)
                    } catch { raw.report(url, line: error.line, error.reason, keeps: raw.images.count - before) }
                }
            } catch { raw.report(url, line: nil, error.reason) }
        }
        return raw
    }
}

/// Reads one list from front to back.
private struct CreateMLDocument {
    static let imageKeys = ["image", "imagefilename", "imageFilename", "imageURL", "filename"]
    static let annotationKeys = ["annotations", "annotation"]

    private let file: URL

    init(file: URL) { self.file = file }

    /// Reads the whole list.
    ///
    /// - Throws: ``JSONError``; everything before the error has been read.
    func read(_ reader: inout JSONReader, into raw: inout RawDataset) throws(JSONError) {
        try reader.array { (index, reader) throws(JSONError) in
            let line = reader.line
            guard try reader.kind() == .object else {
                return raw.problems.append(
                    DatasetProblem(
                        file: file, line: line, rule: .missingField,
                        message: "entry \(index + 1) is not a JSON object; it was left out"))
            }
            let image = try image(&reader, line: line, &raw.classes)
            if image.fileName == nil {
                return raw.problems.append(
                    DatasetProblem(
                        file: file, line: line, rule: .missingField,
                        message: "entry \(index + 1) has no 'image'; it was left out"))
            }
            raw.images.append(image)
        }
        try reader.end()
    }

    private func image(
        _ reader: inout JSONReader, line: Int, _ classes: inout RawClasses
    ) throws(JSONError) -> RawImage {
        var image = RawImage(source: file)
        image.line = line
        try reader.object { (key, reader) throws(JSONError) in
            if Self.imageKeys.contains(key) {
                image.fileName = try reader.text() ?? image.fileName
            } else if Self.annotationKeys.contains(key) {
                switch try reader.kind() {
                case .array:
                    try reader.array { (index, reader) throws(JSONError) in
                        try readObject(index + 1, &reader, &image, &classes)
                    }
                case .null: break
                default: try readObject(1, &reader, &image, &classes)
                }
            }
        }
        return image
    }

    private func readObject(
        _ number: Int, _ reader: inout JSONReader, _ image: inout RawImage, _ classes: inout RawClasses
    ) throws(JSONError) {
        let line = reader.line
        var label: String?
        var numbers: [String: Double] = [:]
        var hasCoordinates = false
        if try reader.kind() == .object {
            try reader.object { (key, reader) throws(JSONError) in
                switch key {
                case "label": label = try reader.text()?.trimmingWhiteSpace()
                case "coordinates":
                    guard try reader.kind() == .object else { return }
                    hasCoordinates = true
                    try reader.object { (key, reader) throws(JSONError) in
                        // NaN distinguishes values that are not numbers from missing ones.
                        numbers[key] = try reader.optionalNumber() ?? .nan
                    }
                default: break
                }
            }
        }
        do throws(DatasetProblem) {
            func problem(_ rule: DatasetRule, _ message: String) -> DatasetProblem {
                DatasetProblem(
                    file: file, object: number, line: line, rule: rule, message: "\(message); it was left out")
            }
            guard let label, !label.isEmpty else { throw problem(.missingField, "it has no 'label'") }
            guard hasCoordinates else {
                throw problem(.missingField, "it has no 'coordinates' with x, y, width and height")
            }
            func coordinate(_ key: String) throws(DatasetProblem) -> Double {
                guard let value = numbers[key] else {
                    throw problem(.missingField, "its 'coordinates' have no '\(key)'")
                }
                guard isPlace(value) else { throw problem(.notANumber, "its '\(key)' is not a finite number") }
                return value
            }
            // x and y are the centre.
            let box = Box<ImagePixels>(
                centerX: try coordinate("x"), centerY: try coordinate("y"), width: try coordinate("width"),
                height: try coordinate("height"))
            image.objects.append(
                RawObject(number: number, line: line, classIndex: classes.index(of: label), box: box))
        } catch { image.lose(error) }
    }
}
