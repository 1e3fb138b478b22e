import Boxes
import Foundation
import JSON

extension COCOFile {
    /// Adds images with their objects.
    mutating func add(to raw: inout RawDataset, categories known: inout COCOCategories, split: String?) {
        var found: [(DatasetRule, String, Int)] = []
        let classes = known.add(categories, to: &raw) { found.append(($0, $1, $2)) }
        for (rule, message, line) in found { report(rule, message, line: line) }

        let first = raw.images.count
        var places: [ImageIdentity: Int] = [:]
        places.reserveCapacity(images.count)
        for (index, image) in images.enumerated() {
            if let place = places[image.id] {
                let isSame = raw.images[place].fileName == image.fileName
                let fate = isSame ? "it was left out" : "nothing says whose the annotations are, so both were left out"
                report(
                    .duplicateImage,
                    "images[\(index)] ('\(image.fileName.prefix(80))') has the id \(image.id) of another; \(fate)",
                    line: image.line, severity: .error)
                if !isSame { raw.images[place].state = .unreadable }
                continue
            }
            places[image.id] = raw.images.count
            var entry = RawImage(source: file.url, fileName: image.fileName)
            entry.identity = image.id
            (entry.statedWidth, entry.statedHeight, entry.line) = (image.width, image.height, image.line)
            entry.splits = split.map { [$0] } ?? []
            raw.images.append(entry)
        }
        for annotation in annotations {
            add(annotation, to: &raw, places: places, classes: classes, skeletons: &known)
        }
        if annotations.isEmpty && raw.images.count > first {
            // Tools write an empty list of what nobody has annotated yet. Ours says when somebody has.
            if isComplete { return raw.problems += problems }
            for index in first..<raw.images.count { raw.images[index].state = .unannotated }
            raw.problems.append(
                .systematic(
                    file.url, .imagesWithoutAnnotations,
                    "it lists \(raw.images.count - first) images and no annotation: nothing is known about what they show, so "
                        + "they are in no split"))
        }
        raw.problems += problems
    }

    private mutating func add(
        _ annotation: Annotation, to raw: inout RawDataset, places: [ImageIdentity: Int],
        classes: [ImageIdentity: Int], skeletons: inout COCOCategories
    ) {
        // Made where something is said about it: nearly all are as they should be.
        var name: String { "annotations[\(annotation.index)]\(annotation.id.map { " (id \($0))" } ?? "")" }
        guard let image = annotation.image, let place = places[image] ?? places[image.otherForm] else {
            let which =
                annotation.image.map { "the image \($0), which the file does not list" }
                ?? "no image: image_id is missing"
            return report(.missingImage, "\(name) is of \(which)", line: annotation.line, object: annotation.index + 1)
        }
        func lose(_ rule: DatasetRule, _ message: String) {
            raw.images[place].lose(
                DatasetProblem(
                    file: file.url, object: annotation.index + 1, line: annotation.line, rule: rule,
                    message: "\(name): \(message); it was left out"))
        }
        if let fault = annotation.fault { return lose(fault.rule, fault.message) }
        guard let category = annotation.category else { return lose(.missingField, "it has no category_id") }
        guard let classIndex = classes[category] ?? classes[category.otherForm] else {
            return lose(.unknownClass, "its category_id \(category) is none that the file lists")
        }
        let numbers = annotation.numbers
        if numbers.isEmpty {
            return lose(.missingField, "it has neither a bbox nor an outline that a box can be made from")
        }
        guard numbers.count == 4 else {
            return lose(
                .notANumber, "its bbox has \(numbers.count) numbers, where four are expected: [x, y, width, height]")
        }
        guard numbers.allSatisfy(isPlace) else {
            return lose(
                .notANumber,
                "its bbox is [\(numbers.map(plain).joined(separator: ", "))], and not all of that is a finite number")
        }
        if annotation.hasOddCrowd {
            raw.images[place].problems.append(
                DatasetProblem(
                    file: file.url, object: annotation.index + 1, line: annotation.line, rule: .notANumber,
                    message: "\(name): iscrowd is neither 0 nor 1; it is taken to be 0", severity: .warning))
        }
        var object = RawObject(
            number: annotation.index + 1, line: annotation.line, classIndex: classIndex,
            box: Box(
                xMin: numbers[0], yMin: numbers[1], xMax: numbers[0] + numbers[2], yMax: numbers[1] + numbers[3]))
        object.id = annotation.id
        object.origin = annotation.origin
        object.crowd = annotation.crowd
        object.isIgnored = annotation.isIgnored
        object.difficult = annotation.difficult
        object.truncated = annotation.truncated
        object.area = annotation.area
        object.keypoints = skeletons.keypoints(annotation.keypoints, of: classIndex) { rule, message in
            raw.images[place].problems.append(
                DatasetProblem(
                    file: file.url, object: annotation.index + 1, line: annotation.line, rule: rule, message: message,
                    severity: .warning))
        }
        if !object.keypoints.isEmpty { raw.skeleton = skeletons.skeleton }
        raw.images[place].objects.append(object)
    }
}
