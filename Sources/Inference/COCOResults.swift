import Boxes
import Evaluation
import Foundation
import JSON

/// Detections in COCO's result form: a list of `{"image_id", "category_id", "bbox": [x, y, width, height], "score"}`, and with joints
/// `"keypoints": [x, y, score, …]`. COCO's tools take no notice of the third number, where annotations have the visibility.
///
/// A `category_id` is a position in the list of classes, from 1. An `image_id` is a picture's file name without its
/// extension; when reading it may also be a number, as COCO's own tools want it: the picture's position in its split,
/// from 1, unless every picture of the split is called by a plain number, which then is its id.
public enum COCOResults {
    /// The list as JSON.
    ///
    /// - Parameter imageIDs: The id of the picture at each position that ``ScoredBox/image`` names.
    public static func json(_ detections: [ScoredBox], imageIDs: [String]) -> JSONValue {
        .array(
            detections.map { detection in
                // A size head can answer with a negative extent. Nothing matches such a box, nor one without extent.
                let box = detection.box
                var entry = JSONObject([
                    ("image_id", .string(imageIDs[detection.image])),
                    ("category_id", .integer(detection.classIndex + 1)),
                    (
                        "bbox",
                        .array([box.xMin, box.yMin, max(0, box.width), max(0, box.height)].map { .number($0) })
                    ), ("score", .number(detection.score)),
                ])
                if !detection.joints.isEmpty {
                    entry["keypoints"] = .array(
                        detection.joints.flatMap { [.number($0.x), .number($0.y), .number(Double($0.score))] })
                }
                return .object(entry)
            })
    }

    /// Reads a result file.
    ///
    /// - Parameters:
    ///   - imageIDs: The file name without extension of each picture of the split, in its order.
    ///   - classCount: How many classes there are.
    ///   - jointCount: How many joints the data set's objects have; keypoints are read where there are any. A detection with
    ///     keypoints may lack a box, which then is around them.
    /// - Throws: ``DetectionFileError`` with the entry that does not fit, ``JSONError`` when the file is no JSON.
    public static func read(
        from url: URL, imageIDs: [String], classCount: Int, jointCount: Int = 0
    ) throws -> [ScoredBox] {
        let document = try JSONValue(contentsOf: url)
        guard let entries = try? document.array() else {
            throw DetectionFileError(url, entry: nil, "a list of detections was expected")
        }
        let images = ImageIDs(imageIDs)
        return try entries.enumerated().map { index, entry in
            do {
                return try detection(entry, images: images, classCount: classCount, jointCount: jointCount)
            } catch let error as DetectionFileError {
                throw error
            } catch {
                throw DetectionFileError(url, entry: index + 1, "\(error)")
            }
        }
    }

    private static func detection(
        _ entry: JSONValue, images: ImageIDs, classCount: Int, jointCount: Int
    ) throws -> ScoredBox {
        let category = try entry["category_id"].integer()
        guard (1...max(1, classCount)).contains(category) else {
            throw Mismatch("category_id is \(category), but there are classes 1 to \(classCount)")
        }
        let joints = jointCount == 0 ? [] : try joints(entry, count: jointCount)
        let score = try entry["score"].number()
        guard score.isFinite else { throw Mismatch("score is not a finite number") }
        return ScoredBox(
            image: try images.position(of: entry["image_id"]), classIndex: category - 1,
            box: try box(entry, around: joints), score: score, joints: joints)
    }

    private static func box(_ entry: JSONValue, around joints: [ScoredJoint<ImagePixels>]) throws -> Box<ImagePixels> {
        let (xs, ys) = (joints.map(\.x), joints.map(\.y))
        if entry.optional("bbox") == nil, let left = xs.min(), let right = xs.max(), let top = ys.min(),
            let bottom = ys.max()
        {
            return Box(xMin: left, yMin: top, xMax: right, yMax: bottom)
        }
        let numbers = try entry["bbox"].numbers()
        guard numbers.count == 4, numbers.allSatisfy(\.isFinite) else {
            throw Mismatch("bbox must be four numbers [x, y, width, height]")
        }
        return Box(xMin: numbers[0], yMin: numbers[1], xMax: numbers[0] + numbers[2], yMax: numbers[1] + numbers[3])
    }

    private static func joints(_ entry: JSONValue, count: Int) throws -> [ScoredJoint<ImagePixels>] {
        guard let numbers = try entry.optional("keypoints")?.numbers() else { return [] }
        guard numbers.count == 3 * count, numbers.allSatisfy(\.isFinite) else {
            throw Mismatch("keypoints must be \(3 * count) numbers: x, y and a score for each of \(count) joints")
        }
        return (0..<count).map {
            ScoredJoint(x: numbers[3 * $0], y: numbers[3 * $0 + 1], score: Float(numbers[3 * $0 + 2]))
        }
    }

    private struct Mismatch: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }

    /// The pictures of a split by the ids that a result file may call them by.
    private struct ImageIDs {
        let count: Int
        let byName: [String: Int]
        let byNumber: [Int: Int]?

        init(_ names: [String]) {
            count = names.count
            byName = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
            let numbers = names.compactMap { name in Int(name).flatMap { String($0) == name ? $0 : nil } }
            byNumber =
                numbers.count == names.count
                ? Dictionary(numbers.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first }) : nil
        }

        func position(of id: JSONValue) throws -> Int {
            if case .string(let name) = id {
                let stem = (name as NSString).deletingPathExtension
                guard let position = byName[name] ?? byName[stem] else {
                    throw Mismatch("image_id \"\(name)\" is no picture of the split")
                }
                return position
            }
            let number = try id.integer()
            if let byNumber {
                guard let position = byNumber[number] else {
                    throw Mismatch("image_id \(number) is no picture of the split")
                }
                return position
            }
            guard (1...max(1, count)).contains(number), count > 0 else {
                throw Mismatch("image_id is \(number), but the split has the pictures 1 to \(count)")
            }
            return number - 1
        }
    }
}

/// A file of detections that does not fit its form or its data set.
public struct DetectionFileError: Error, Equatable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// Which detection of the file, from 1; nil when it is the file as a whole.
    public let entry: Int?
    /// What is wrong, as a sentence.
    public let reason: String

    init(_ url: URL, entry: Int?, _ reason: String) {
        path = url.path
        self.entry = entry
        self.reason = reason
    }

    /// A sentence for the terminal.
    public var description: String {
        entry.map { "\(path), detection \($0): \(reason)" } ?? "\(path): \(reason)"
    }
}
