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
                let fate = isSame ? "it was left out" : "its annotations are ambiguous, so both were left out"
                report(
                    .duplicateImage,
                    "images[\(index)] ('\(image.fileName.prefix(80))') has the id \(image.id) of an earlier one; \(fate)",
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
            // Tools write an empty list before anything is annotated. Our own copies state when the annotation is complete.
            if isComplete { return raw.problems += problems }
            for index in first..<raw.images.count { raw.images[index].state = .unannotated }
            raw.problems.append(
                .systematic(
                    file.url, .imagesWithoutAnnotations,
                    "it lists \(raw.images.count - first) images but no annotations, so their objects are unknown; they are in "
                        + "no split"))
        }
        raw.problems += problems
    }

    private mutating func add(
        _ annotation: Annotation, to raw: inout RawDataset, places: [ImageIdentity: Int],
        classes: [ImageIdentity: Int], skeletons: inout COCOCategories
    ) {
        // Computed only for messages: nearly all annotations are valid.
        var name: String { "annotations[\(annotation.index)]\(annotation.id.map { " (id \($0))" } ?? "")" }
        guard let image = annotation.image, let place = places[image] ?? places[image.otherForm] else {
            let which =
                annotation.image.map { "refers to image \($0), which the file does not list" }
                ?? "has no image_id"
            return report(
                .missingImage, "\(name) \(which); it was left out", line: annotation.line, object: annotation.index + 1)
        }
        func lose(_ rule: DatasetRule, _ message: String) {
            raw.images[place].lose(
                DatasetProblem(
                    file: file.url, object: annotation.index + 1, line: annotation.line, rule: rule,
                    message: "\(name): \(message); it was left out"))
        }
        if let fault = annotation.fault, fault.comesFirst { return lose(fault.rule, fault.message) }
        guard let category = annotation.category else { return lose(.missingField, "it has no category_id") }
        guard let classIndex = classes[category] ?? classes[category.otherForm] else {
            return lose(.unknownClass, "the file does not list its category_id \(category)")
        }
        if let fault = annotation.fault { return lose(fault.rule, fault.message) }
        guard let box = annotation.box else { return }
        if annotation.hasOddCrowd {
            raw.images[place].problems.append(
                DatasetProblem(
                    file: file.url, object: annotation.index + 1, line: annotation.line, rule: .notANumber,
                    message: "\(name): iscrowd is neither 0 nor 1; it was read as 0", severity: .warning))
        }
        var object = RawObject(
            number: annotation.index + 1, line: annotation.line, classIndex: classIndex, box: box)
        object.id = annotation.id
        object.origin = annotation.origin
        object.crowd = annotation.crowd
        object.isIgnored = annotation.isIgnored
        object.difficult = annotation.difficult
        object.truncated = annotation.truncated
        object.area = annotation.area
        if object.origin == .point { return raw.images[place].objects.append(object) }
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
