import Boxes
import Datasets
import Evaluation
import Foundation
import JSON
import Tensors

/// Detections in COCO's results format: a list of `{"image_id", "category_id", "bbox": [x, y, width, height], "score"}`, and with keypoints
/// `"keypoints": [x, y, score, …]`; a point has `"point": [x, y]` in place of a box, which COCO does not know. COCO's tools ignore the third value, which is the visibility in annotations.
///
/// An `image_id` is the data set's id of the image, and a `category_id` is the class's id in the data set, as in COCO; see
/// ``ResultIdentities`` for other data sets. A number is never a position in a list.
public enum COCOResults {
    /// Returns the list as JSON.
    ///
    /// - Parameters:
    ///   - images: The id of each image, by ``ScoredBox/image``.
    ///   - categoryIDs: The id of each class.
    public static func json(
        _ detections: [ScoredBox], images: [ImageIdentity], categoryIDs: [Int]
    ) -> JSONValue {
        .array(detections.map { entry($0, image: images[$0.image], categoryIDs: categoryIDs) })
    }

    /// Returns the entry of a detection.
    static func entry(_ detection: ScoredBox, image: ImageIdentity, categoryIDs: [Int]) -> JSONValue {
        // A size head can predict a negative size. Such a box matches nothing, nor does one of size zero.
        let box = detection.box
        let place: (String, JSONValue) =
            detection.kind == .points
            ? ("point", [.number(box.centerX), .number(box.centerY)])
            : ("bbox", .array([box.xMin, box.yMin, max(0, box.width), max(0, box.height)].map { .number($0) }))
        var entry = JSONObject([
            ("image_id", image.json), ("category_id", .integer(categoryIDs[detection.classIndex])), place,
            ("score", .number(detection.score)),
        ])
        if !detection.keypoints.isEmpty {
            entry["keypoints"] = .array(
                detection.keypoints.flatMap { [.number($0.x), .number($0.y), .number(Double($0.score))] })
        }
        return .object(entry)
    }

    /// Returns whether the first detection of a file has keypoints.
    public static func haveKeypoints(_ url: URL) -> Bool { firstDetection(of: url, has: "keypoints") }

    /// Returns whether the first detection of a file is a point.
    public static func havePoints(_ url: URL) -> Bool { firstDetection(of: url, has: "point") }

    private static func firstDetection(of url: URL, has member: String) -> Bool {
        guard let contents = try? FileContents(url) else { return false }
        return contents.withBytes { bytes in
            var reader = JSONReader(bytes)
            var found = false
            do throws(JSONError) {
                _ = try reader.elements { (_, reader) throws(JSONError) in
                    found = try reader.value().optional(member) != nil
                    return false
                }
            } catch { return false }
            return found
        }
    }

    /// The content of a results file.
    public struct Content: Sendable {
        /// The detections; ``ScoredBox/image`` is a position in the data set's samples.
        public var detections: [ScoredBox] = []
        /// A sentence for each assumption made in reading the ids.
        public var notes: [String] = []
    }

    /// Reads a results file.
    ///
    /// - Parameter dataset: The data set that the detections belong to. Keypoints are read if it has any; a detection with keypoints may
    ///   lack a box, which is then their bounding box.
    /// - Throws: ``DetectionFileError`` with the invalid entry, or if ids or boxes are in another format.
    public static func read(from url: URL, dataset: DetectionDataset) throws(DetectionFileError) -> Content {
        let entries = try RawDetection.read(url, keypointCount: dataset.skeleton?.keypointCount ?? 0)
        let identities = try ResultIdentities(entries, dataset: dataset, file: url)
        var content = Content(notes: identities.notes)
        content.detections.reserveCapacity(entries.count)
        if entries.isEmpty { content.notes.append("\(url.relativePath) contains no detections") }
        var (unasked, first): (Int, ImageIdentity?) = (0, nil)
        for (index, entry) in entries.enumerated() {
            guard let classIndex = try identities.classIndex(of: entry, index) else {
                unasked += 1
                first = first ?? entry.category
                continue
            }
            content.detections.append(
                ScoredBox(
                    image: try identities.position(of: entry, index), classIndex: classIndex,
                    box: dataset.objectKind == .points ? entry.box.center : entry.box, kind: dataset.objectKind,
                    score: entry.score, keypoints: entry.keypoints))
        }
        if let first {
            content.notes.append(
                "\(unasked) of \(entries.count) detections are of classes without annotated objects, the first with category_id \(first); "
                    + "they are left out")
        }
        if let reason = ResultForm.mistake(in: content.detections, dataset: dataset) {
            throw DetectionFileError(url, entry: nil, reason)
        }
        if let positions = identities.namedPositions {
            let others = entries.compactMap { entry in
                positions[entry.image].map {
                    ScoredBox(image: $0, classIndex: 0, box: entry.box, score: entry.score)
                }
            }
            if let reason = ResultForm.otherImages(content.detections, named: others, dataset: dataset) {
                throw DetectionFileError(url, entry: nil, reason)
            }
        }
        return content
    }
}

/// An entry of a results file, before its ids are resolved.
struct RawDetection {
    var image: ImageIdentity
    var category: ImageIdentity
    var box: Box<ImagePixels>
    var score: Double
    var keypoints: [ScoredKeypoint<ImagePixels>]

    /// Reads all entries of a file.
    static func read(_ url: URL, keypointCount: Int) throws(DetectionFileError) -> [RawDetection] {
        let contents: FileContents
        do throws(FileError) { contents = try FileContents(url) } catch {
            throw DetectionFileError(url, entry: nil, "the file cannot be read: \(error.reason)")
        }
        return try contents.withBytes { (bytes) throws(DetectionFileError) in
            var reader = JSONReader(bytes)
            var entries: [RawDetection] = []
            var failure: DetectionFileError?
            do throws(JSONError) {
                guard try reader.kind() == .array else {
                    throw JSONError(reason: "a list of detections was expected")
                }
                _ = try reader.elements { (index, reader) throws(JSONError) in
                    do throws(Mismatch) {
                        entries.append(try RawDetection(try value(&reader), keypointCount: keypointCount))
                    } catch {
                        failure = DetectionFileError(url, entry: index + 1, error.description)
                        return false
                    }
                    return true
                }
                if failure == nil { try reader.end() }
            } catch {
                let line = error.line.map { $0 > 1 ? "line \($0): " : "" } ?? ""
                throw DetectionFileError(url, entry: nil, line + error.reason)
            }
            if let failure { throw failure }
            return entries
        }
    }

    /// Reads an entry; malformed JSON ends the reading.
    private static func value(_ reader: inout JSONReader) throws(Mismatch) -> JSONValue {
        do throws(JSONError) { return try reader.value() } catch { throw Mismatch(error.reason) }
    }

    private struct Mismatch: Error {
        let description: String

        init(_ description: String) { self.description = description }
    }

    private init(_ entry: JSONValue, keypointCount: Int) throws(Mismatch) {
        func member(_ name: String) throws(Mismatch) -> JSONValue {
            do throws(JSONError) { return try entry[name] } catch { throw Mismatch("\(error)") }
        }
        guard let image = ImageIdentity(try member("image_id")) else {
            throw Mismatch("image_id must be an integer or a string")
        }
        guard let category = ImageIdentity(try member("category_id")) else {
            throw Mismatch("category_id must be an integer or a string")
        }
        guard let score = try? member("score").number(), score.isFinite else {
            throw Mismatch("score is not a finite number")
        }
        self.image = image
        self.category = category
        self.score = score
        keypoints = keypointCount == 0 ? [] : try Self.keypoints(entry, count: keypointCount)
        if entry.optional("bbox") == nil,
            let around = Box<ImagePixels>.enclosing(xs: keypoints.map(\.x), ys: keypoints.map(\.y))
        {
            box = around
            return
        }
        if let point = entry.optional("point") {
            guard let numbers = try? point.numbers(), numbers.count == 2, numbers.allSatisfy(\.isFinite) else {
                throw Mismatch("point must be two numbers [x, y]")
            }
            box = Box(pointX: numbers[0], y: numbers[1])
            return
        }
        guard let numbers = try? member("bbox").numbers(), numbers.count == 4, numbers.allSatisfy(\.isFinite) else {
            throw Mismatch("bbox must be four numbers [x, y, width, height]")
        }
        box = Box(xMin: numbers[0], yMin: numbers[1], xMax: numbers[0] + numbers[2], yMax: numbers[1] + numbers[3])
    }

    private static func keypoints(_ entry: JSONValue, count: Int) throws(Mismatch) -> [ScoredKeypoint<ImagePixels>] {
        guard let value = entry.optional("keypoints") else { return [] }
        guard let numbers = try? value.numbers(), numbers.count == 3 * count, numbers.allSatisfy(\.isFinite) else {
            throw Mismatch("keypoints must be \(3 * count) numbers: x, y and a score for each of \(count) keypoints")
        }
        return (0..<count).map {
            ScoredKeypoint(x: numbers[3 * $0], y: numbers[3 * $0 + 1], score: Float(numbers[3 * $0 + 2]))
        }
    }
}

/// A file of detections that does not match its format or its data set.
public struct DetectionFileError: Error, Equatable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// The detection in the file, from 1; nil when the problem concerns the whole file.
    public let entry: Int?
    /// The problem, as a sentence.
    public let reason: String

    init(_ url: URL, entry: Int?, _ reason: String) {
        path = url.path
        self.entry = entry
        self.reason = reason
    }

    /// The error message.
    public var description: String {
        entry.map { "\(path), detection \($0): \(reason)" } ?? "\(path): \(reason)"
    }
}
