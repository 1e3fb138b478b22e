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
        var box: Box<ImagePixels>?
        var origin = RawObject.Origin.box
        var crowd = false, difficult = false, truncated = false, isIgnored = false
        var hasOddCrowd = false
        var area: Double?
        var keypoints: WrittenKeypoints?
        /// What makes the annotation unusable.
        var fault: Fault?
    }

    /// A reason why an annotation is unusable; an object, so that the many usable ones keep no room for it.
    final class Fault {
        let rule: DatasetRule
        let message: String
        /// Whether it is reported even where the category is missing as well.
        let comesFirst: Bool

        init(_ rule: DatasetRule, _ message: String, comesFirst: Bool = true) {
            (self.rule, self.message, self.comesFirst) = (rule, message, comesFirst)
        }
    }

    /// The keypoints of an annotation as written, before its category's are known.
    struct WrittenKeypoints {
        /// The numbers of `keypoints`, at most as many as any skeleton has and one more; nil when some entry is not a number.
        var numbers: [Double]? = []
        /// Whether there are keypoints at all.
        var isGiven = false
        /// `num_keypoints`, or -1 when that is no whole number.
        var count: Int?

        /// The place of an object that is a point: one annotated keypoint.
        var onlyPoint: Box<ImagePixels>? {
            guard let numbers, numbers.count == 3, isPlace(numbers[0]), isPlace(numbers[1]), numbers[2] > 0 else {
                return nil
            }
            return Box(pointX: numbers[0], y: numbers[1])
        }
    }

    /// The most entries of a file that are no images and no annotations, as each is reported.
    static let maximumUseless = 100_000

    /// The key in `info` by which our copies state that all of their images are annotated, including those without objects.
    package static let completeness = "all_annotated"

    let file: FolderTree.File
    var categories: [(entry: JSONValue, line: Int)] = []
    var images: [Image] = []
    var annotations: [Annotation] = []
    /// Whether images without annotations are known to be background.
    var isComplete = false
    var problems: [DatasetProblem] = []
    private var uselessCount = 0

    /// Reads a file.
    ///
    /// - Throws: ``JSONError`` when it is not valid JSON. An invalid list entry is reported as a problem.
    init(_ bytes: UnsafeRawBufferPointer, file: FolderTree.File) throws(JSONError) {
        self.file = file
        var reader = JSONReader(bytes, file: file.url.relativePath)
        try reader.object { (key, reader) throws(JSONError) in
            if key == "info" {
                guard try reader.kind() == .object else { return }
                try reader.object { (key, reader) throws(JSONError) in
                    if key == Self.completeness { isComplete = try reader.scalar() == true }
                }
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
            try countUseless(line)
            return report(.missingField, "images[\(index)] is not a JSON object; it was left out", line: line)
        }
        var (id, name, address): (ImageIdentity?, String?, String?) = (nil, nil, nil)
        var (width, height): (Double?, Double?) = (nil, nil)
        try reader.object { (key, reader) throws(JSONError) in
            switch key {
            case "id": id = try reader.identity()
            case "file_name": if case .string(let text)? = try reader.scalar() { name = text }
            case "coco_url": if case .string(let text)? = try reader.scalar() { address = text }
            case "width": width = try reader.scalar().flatMap { try? $0.number() }
            case "height": height = try reader.scalar().flatMap { try? $0.number() }
            default: break
            }
        }
        // LVIS gives only the URLs of its images.
        if name?.isEmpty ?? true { name = address }
        guard let id, let name, !name.isEmpty else {
            try countUseless(line)
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
            annotation.fault = Fault(.missingField, "it is not a JSON object")
            return try add(annotation)
        }
        var (outline, hasBox): (Int?, Bool) = (nil, false)
        var numbers: [Double] = []
        try reader.object { (key, reader) throws(JSONError) in
            switch key {
            case "id": annotation.id = try reader.identity()?.text
            case "image_id": annotation.image = try reader.identity()
            case "category_id": annotation.category = try reader.identity()
            case "bbox":
                let kind = try reader.kind()
                if kind == .null { return }
                hasBox = true
                guard kind == .array else {
                    annotation.fault = Fault(
                        .notANumber, "its bbox is not a list of four numbers [x, y, width, height]")
                    return
                }
                (numbers, hasBox) = try Self.readBox(&reader, &annotation, bytes)
            case "segmentation":
                _ = try reader.kind()
                outline = reader.offset
            case "area":
                if let area = try reader.scalar().flatMap({ try? $0.number() }), area > 0, area < 1e12 {
                    annotation.area = area
                }
            case "iscrowd":
                let value = try reader.scalar()
                annotation.crowd = value.isTrue
                annotation.hasOddCrowd = !value.isTrue && ![0, false, .null, .number(0)].contains(value)
            case "difficult": annotation.difficult = try reader.scalar().isTrue
            case "ignore": annotation.isIgnored = try reader.scalar().isTrue
            case "truncated": annotation.truncated = try reader.scalar().isTrue
            case "keypoints", "num_keypoints": try Self.readKeypoints(key, &reader, &annotation)
            default: break
            }
        }
        // Some tools write a bbox of zeros beside a segmentation.
        let isEmpty = numbers.count == 4 && numbers[2...].allSatisfy { $0 == 0 }
        if !hasBox || isEmpty, let outline {
            let slice = UnsafeRawBufferPointer(rebasing: bytes[outline...])
            if let (box, origin) = try COCOOutline.box(slice) {
                numbers = [box.xMin, box.yMin, box.width, box.height]
                annotation.origin = origin
            }
        }
        if numbers.isEmpty || numbers.count == 4 && numbers[2...].allSatisfy({ $0 == 0 }),
            let point = annotation.keypoints?.onlyPoint, annotation.fault == nil
        {
            (annotation.box, annotation.origin, annotation.keypoints) = (point, .point, nil)
        } else {
            Self.setBox(numbers, of: &annotation)
        }
        try add(annotation)
    }

    private mutating func add(_ annotation: Annotation) throws(JSONError) {
        annotations.append(annotation)
        if annotation.image == nil { try countUseless(annotation.line) }
    }

    /// Counts an entry that says nothing, of which a file can have more than memory holds.
    private mutating func countUseless(_ line: Int) throws(JSONError) {
        uselessCount += 1
        if uselessCount > Self.maximumUseless {
            throw JSONError(
                line: line, reason: "more than \(Self.maximumUseless) of its entries are no images and no annotations")
        }
    }

    /// Reads a list of numbers; `hasBox` is false for an empty one, which counts as missing.
    private static func readBox(
        _ reader: inout JSONReader, _ annotation: inout Annotation, _ bytes: UnsafeRawBufferPointer
    ) throws(JSONError) -> (numbers: [Double], hasBox: Bool) {
        var numbers: [Double] = []
        numbers.reserveCapacity(4)
        let start = reader.offset
        var others = try reader.numbers { if numbers.count < 9 { numbers.append($0) } }
        if others > 0, let written = try writtenNumbers(bytes, from: start) { (numbers, others) = (written, 0) }
        if others > 0 { annotation.fault = Fault(.notANumber, "its bbox has entries that are not numbers") }
        return (numbers, !(numbers.isEmpty && others == 0))
    }

    /// Sets the box, or the reason why there is none; an earlier reason stays.
    private static func setBox(_ numbers: [Double], of annotation: inout Annotation) {
        guard annotation.fault == nil else { return }
        if numbers.isEmpty {
            annotation.fault = Fault(
                .missingField, "it has neither a bbox nor a usable segmentation", comesFirst: false)
        } else if numbers.count != 4 {
            annotation.fault = Fault(
                .notANumber, "its bbox has \(numbers.count) numbers instead of four: [x, y, width, height]",
                comesFirst: false)
        } else if !numbers.allSatisfy(isPlace) {
            annotation.fault = Fault(
                .notANumber,
                "the values of its bbox [\(numbers.map(plain).joined(separator: ", "))] are not all finite numbers",
                comesFirst: false)
        } else {
            annotation.box = Box(
                xMin: numbers[0], yMin: numbers[1], xMax: numbers[0] + numbers[2], yMax: numbers[1] + numbers[3])
        }
    }

    private static func readKeypoints(
        _ key: String, _ reader: inout JSONReader, _ annotation: inout Annotation
    ) throws(JSONError) {
        let kind = try reader.kind()
        if kind == .null { return }
        var written = annotation.keypoints ?? WrittenKeypoints()
        defer { annotation.keypoints = written }
        if key == "num_keypoints" {
            written.count = try reader.scalar().flatMap { try? $0.integer() } ?? -1
            return
        }
        written.isGiven = true
        guard kind == .array else { return written.numbers = nil }
        var numbers: [Double] = []
        var isFlat = true
        try reader.array { (_, reader) throws(JSONError) in
            guard try reader.kind() == .number else { return isFlat = false }
            let number = try reader.number()
            if numbers.count <= 3 * COCOCategories.maximumKeypoints { numbers.append(number) }
        }
        written.numbers = isFlat ? numbers : nil
    }

    /// Reads the numbers of a list in which some are in quotes; nil when an entry is not a number.
    private static func writtenNumbers(
        _ bytes: UnsafeRawBufferPointer, from start: Int
    ) throws(JSONError) -> [Double]? {
        var reader = JSONReader(UnsafeRawBufferPointer(rebasing: bytes[start...]))
        let numbers = try reader.value(maximumBytes: 1 << 12).array().map { entry -> Double? in
            if case .string(let text) = entry { return plainNumber(text.trimmingWhiteSpace()) }
            return try? entry.number()
        }
        return numbers.contains { $0 == nil } ? nil : numbers.compactMap { $0 }
    }
}

extension JSONReader {
    /// Reads an identity; nil for values that are neither whole numbers nor text.
    fileprivate mutating func identity() throws(JSONError) -> ImageIdentity? {
        try scalar().flatMap(ImageIdentity.init)
    }
}

extension JSONValue? {
    /// Whether a flag is set.
    fileprivate var isTrue: Bool { [1, true, .number(1)].contains(self) }
}
