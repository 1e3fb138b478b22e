import Boxes
import Foundation
import JSON

/// The content of one COCO file, read from front to back; its lists may be in any order.
package struct COCOFile {
    /// An entry of `images`.
    struct Image {
        var id: ImageIdentity
        var fileName: String
        var width, height: Double?
        var line: Int
    }

    /// An entry of `annotations` before its image and its category are looked up.
    struct Annotation {
        var index: Int
        var id: String?
        var line: Int
        var image: ImageIdentity?
        var category: ImageIdentity?
        var numbers: [Double] = []
        var origin = RawObject.Origin.box
        var fault: (rule: DatasetRule, message: String)?
        var crowd = false, difficult = false, truncated = false, isIgnored = false
        var hasOddCrowd = false
        var area: Double?
        var keypoints: JSONValue?
    }

    /// The key in `info` by which our copies state that all of their images are annotated, including those without objects.
    package static let completeness = "all_annotated"

    let file: FolderTree.File
    var categories: [(entry: JSONValue, line: Int)] = []
    var images: [Image] = []
    var annotations: [Annotation] = []
    /// Whether images without annotations are known to be background.
    var isComplete = false
    var problems: [DatasetProblem] = []

    /// Reads a file.
    ///
    /// - Throws: ``JSONError`` when it is not valid JSON. An invalid list entry is reported as a problem.
    init(_ bytes: UnsafeRawBufferPointer, file: FolderTree.File) throws(JSONError) {
        self.file = file
        var reader = JSONReader(bytes, file: file.url.relativePath)
        try reader.object { (key, reader) throws(JSONError) in
            if key == "info" {
                isComplete = try reader.value().optional(Self.completeness) == true
                return
            }
            guard try reader.kind() == .array else { return }
            switch key {
            case "categories":
                try reader.array { (_, reader) throws(JSONError) in
                    let line = reader.line
                    categories.append((try reader.value(), line))
                }
            case "images":
                try reader.array { (index, reader) throws(JSONError) in try readImage(index, &reader) }
            case "annotations":
                try reader.array { (index, reader) throws(JSONError) in try readAnnotation(index, &reader, bytes) }
            default: break
            }
        }
        try reader.end()
    }

    mutating func report(
        _ rule: DatasetRule, _ message: String, line: Int?, object: Int? = nil, severity: DatasetProblem.Severity? = nil
    ) {
        problems.append(
            DatasetProblem(
                file: file.url, object: object, line: line, rule: rule, message: message, severity: severity))
    }

    // MARK: - Entries

    private mutating func readImage(_ index: Int, _ reader: inout JSONReader) throws(JSONError) {
        let line = reader.line
        guard try reader.kind() == .object else {
            return report(.missingField, "images[\(index)] is not a JSON object; it was left out", line: line)
        }
        var (id, name, address): (ImageIdentity?, String?, String?) = (nil, nil, nil)
        var (width, height): (Double?, Double?) = (nil, nil)
        try reader.object { (key, reader) throws(JSONError) in
            switch key {
            case "id": id = ImageIdentity(try reader.value())
            case "file_name": if case .string(let text) = try reader.value() { name = text }
            case "coco_url": if case .string(let text) = try reader.value() { address = text }
            case "width": width = try? reader.value().number()
            case "height": height = try? reader.value().number()
            default: break
            }
        }
        // LVIS gives only the URLs of its images.
        if name?.isEmpty ?? true { name = address }
        guard let id, let name, !name.isEmpty else {
            let lacks = id == nil ? "id" : "file_name"
            return report(.missingField, "images[\(index)] has no usable \(lacks); it was left out", line: line)
        }
        images.append(Image(id: id, fileName: name, width: width, height: height, line: line))
    }

    private mutating func readAnnotation(
        _ index: Int, _ reader: inout JSONReader, _ bytes: UnsafeRawBufferPointer
    ) throws(JSONError) {
        var annotation = Annotation(index: index, line: reader.line)
        guard try reader.kind() == .object else {
            annotation.fault = (.missingField, "it is not a JSON object")
            annotations.append(annotation)
            return
        }
        var (outline, hasBox): (Int?, Bool) = (nil, false)
        var (keypoints, count): (JSONValue?, JSONValue?) = (nil, nil)
        try reader.object { (key, reader) throws(JSONError) in
            switch key {
            case "id": annotation.id = ImageIdentity(try reader.value())?.text
            case "image_id": annotation.image = ImageIdentity(try reader.value())
            case "category_id": annotation.category = ImageIdentity(try reader.value())
            case "bbox":
                let kind = try reader.kind()
                if kind == .null { return }
                hasBox = true
                guard kind == .array else {
                    annotation.fault = (.notANumber, "its bbox is not a list of four numbers [x, y, width, height]")
                    return
                }
                var numbers: [Double] = []
                numbers.reserveCapacity(4)
                let start = reader.offset
                var others = try reader.numbers { if numbers.count < 9 { numbers.append($0) } }
                if others > 0, let written = try Self.writtenNumbers(bytes, from: start) {
                    (numbers, others) = (written, 0)
                }
                if others > 0 { annotation.fault = (.notANumber, "its bbox has entries that are not numbers") }
                // An empty list counts as missing.
                if numbers.isEmpty && others == 0 { hasBox = false } else { annotation.numbers = numbers }
            case "segmentation":
                _ = try reader.kind()
                outline = reader.offset
            case "area":
                if let area = try? reader.value().number(), area > 0, area < 1e12 { annotation.area = area }
            case "iscrowd":
                let value = try reader.value()
                annotation.crowd = value.isTrue
                annotation.hasOddCrowd = !value.isTrue && ![0, false, .null, .number(0)].contains(value)
            case "difficult": annotation.difficult = try reader.value().isTrue
            case "ignore": annotation.isIgnored = try reader.value().isTrue
            case "truncated": annotation.truncated = try reader.value().isTrue
            case "keypoints": keypoints = try reader.value()
            case "num_keypoints": count = try reader.value()
            default: break
            }
        }
        // Some tools write a bbox of zeros beside a segmentation.
        let isEmpty = annotation.numbers.count == 4 && annotation.numbers[2...].allSatisfy { $0 == 0 }
        if !hasBox || isEmpty, let outline {
            let slice = UnsafeRawBufferPointer(rebasing: bytes[outline...])
            if let (box, origin) = try COCOOutline.box(slice) {
                annotation.numbers = [box.xMin, box.yMin, box.width, box.height]
                annotation.origin = origin
            }
        }
        if keypoints != nil || count != nil {
            var entry = JSONObject()
            entry["keypoints"] = keypoints
            entry["num_keypoints"] = count
            annotation.keypoints = .object(entry)
        }
        annotations.append(annotation)
    }

    /// Reads the numbers of a list in which some are in quotes; nil when an entry is not a number.
    private static func writtenNumbers(
        _ bytes: UnsafeRawBufferPointer, from start: Int
    ) throws(JSONError) -> [Double]? {
        var reader = JSONReader(UnsafeRawBufferPointer(rebasing: bytes[start...]))
        let numbers = try reader.value().array().map { entry -> Double? in
            if case .string(let text) = entry { return plainNumber(text.trimmingWhiteSpace()) }
            return try? entry.number()
        }
        return numbers.contains { $0 == nil } ? nil : numbers.compactMap { $0 }
    }
}

extension JSONValue {
    /// Whether a flag is set.
    fileprivate var isTrue: Bool { [1, true, .number(1)].contains(self) }
}
