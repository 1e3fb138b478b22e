import Boxes
import Foundation
import JSON

/// What a COCO instance file says: pictures, categories, boxes as `[x, y, width, height]`, and joints where there are any.
struct COCOInstances {
    struct Picture {
        var fileName: String
        var annotation: RawAnnotation
    }

    /// In the order of the file.
    private(set) var pictures: [Picture] = []
    /// In the order of the file.
    private(set) var categories: [String] = []
    /// What could not be used and belongs to no picture.
    private(set) var problems: [DatasetProblem] = []
    /// What the objects' joints are; nil where none are annotated.
    var skeleton: Skeleton? { hasJoints ? joints.skeleton : nil }
    private let file: URL
    private var joints = COCOJoints()
    private var hasJoints = false
    private var categoryNames: [Int: String] = [:]
    private var pictureIndices: [Int: Int] = [:]

    /// Reads a file.
    ///
    /// - Throws: ``JSONError`` when it is no JSON, or lacks one of the three lists. A bad entry of a list is a problem.
    init(_ file: URL) throws(JSONError) {
        self.file = file
        let document = try JSONValue(contentsOf: file)
        do throws(JSONError) {
            for entry in try document["categories"].array() { addCategory(entry) }
            for (index, entry) in try document["images"].array().enumerated() { addPicture(entry, index: index) }
            for (index, entry) in try document["annotations"].array().enumerated() { addObject(entry, index: index) }
        } catch {
            var located = error
            located.file = file.relativePath
            throw located
        }
    }

    private mutating func addCategory(_ entry: JSONValue) {
        do throws(JSONError) {
            let (id, raw) = (try entry["id"].integer(), try entry["name"].string())
            let name = raw.trimmingCharacters(in: .whitespacesAndNewlines)
            if name != raw { report(.nameWithSpaces, "the category name is taken to be '\(name.prefix(80))'") }
            categoryNames[id] = name
            categories.append(name)
            var found: [(DatasetRule, String)] = []
            joints.addCategory(entry, id: id, name: name) { found.append(($0, $1)) }
            for (rule, message) in found { report(rule, message) }
        } catch { report(.missingField, "a category cannot be used: \(error)") }
    }

    private mutating func addPicture(_ entry: JSONValue, index: Int) {
        do throws(JSONError) {
            let id = try entry["id"].integer()
            let name = try entry["file_name"].string()
            if pictureIndices[id] != nil {
                report(.duplicatePicture, "images[\(index)] has the id \(id) of another; it was left out", .error)
                return
            }
            pictureIndices[id] = pictures.count
            let annotation = RawAnnotation(
                filename: name, width: try? entry["width"].integer(), height: try? entry["height"].integer())
            pictures.append(Picture(fileName: name, annotation: annotation))
        } catch { report(.missingField, "images[\(index)] cannot be used: \(error)") }
    }

    private mutating func addObject(_ entry: JSONValue, index: Int) {
        do throws(JSONError) {
            guard let picture = pictureIndices[try entry["image_id"].integer()] else {
                report(.missingImage, "annotations[\(index)] is of a picture that the file does not list")
                return
            }
            let number = pictures[picture].annotation.objects.count + 1
            let values = try entry["bbox"].numbers()
            let category = try entry["category_id"].integer()
            guard let name = categoryNames[category], !name.isEmpty else {
                report(.unknownClass, "annotations[\(index)] is of a category that the file does not list")
                return
            }
            guard values.count == 4, values.allSatisfy({ abs($0) < 1e9 }) else {
                report(.notANumber, "annotations[\(index)]: a bbox is four numbers [x, y, width, height]")
                return
            }
            var found: [DatasetProblem] = []
            let joints = joints.joints(entry, category: category) { rule, message in
                found.append(
                    DatasetProblem(file: file, object: index + 1, rule: rule, message: message, severity: .warning))
            }
            problems += found
            if !joints.isEmpty { hasJoints = true }
            pictures[picture].annotation.objects.append(
                RawObject(
                    number: number, name: name,
                    box: Box(
                        xMin: values[0], yMin: values[1], xMax: values[0] + values[2], yMax: values[1] + values[3]),
                    crowd: isCrowd(entry, index: index), area: area(of: entry), joints: joints))
        } catch { report(.missingField, "annotations[\(index)] cannot be used: \(error)") }
    }

    private mutating func isCrowd(_ entry: JSONValue, index: Int) -> Bool {
        guard let value = entry.optional("iscrowd") else { return false }
        if [0, 1, true, false].contains(value) { return value == 1 || value == true }
        report(.notANumber, "annotations[\(index)]: iscrowd is neither 0 nor 1; it is taken to be 0", .warning)
        return false
    }

    private func area(of entry: JSONValue) -> Double? {
        guard let area = try? entry.optional("area")?.number(), area > 0, area < 1e12 else { return nil }
        return area
    }

    private mutating func report(_ rule: DatasetRule, _ message: String, _ severity: DatasetProblem.Severity? = nil) {
        problems.append(DatasetProblem(file: file, rule: rule, message: message, severity: severity))
    }
}
