import Boxes
import Datasets
import Evaluation

/// Recognizes results files with boxes in another format or classes with other ids. Without this check such a file would score near zero
/// without any explanation.
enum ResultForm {
    /// Another interpretation of the four numbers of a box.
    private struct Reading: Sendable {
        let words: String
        let box: @Sendable (_ box: Box<ImagePixels>, _ width: Double, _ height: Double) -> Box<ImagePixels>
    }

    private static let readings = [
        Reading(words: "[left, top, right, bottom]") { box, _, _ in
            Box(xMin: box.xMin, yMin: box.yMin, xMax: box.width, yMax: box.height)
        },
        Reading(words: "[center x, center y, width, height]") { box, _, _ in
            Box(centerX: box.xMin, centerY: box.yMin, width: box.width, height: box.height)
        },
        Reading(words: "[left, top, width, height] in fractions of the image") { box, width, height in
            Box(xMin: box.xMin * width, yMin: box.yMin * height, xMax: box.xMax * width, yMax: box.yMax * height)
        },
        Reading(words: "[left, top, right, bottom] in fractions of the image") { box, width, height in
            Box(xMin: box.xMin * width, yMin: box.yMin * height, xMax: box.width * width, yMax: box.height * height)
        },
        Reading(words: "[center x, center y, width, height] in fractions of the image") { box, width, height in
            Box(
                centerX: box.xMin * width, centerY: box.yMin * height, width: box.width * width,
                height: box.height * height)
        },
        Reading(words: "[top, left, height, width]") { box, _, _ in
            Box(xMin: box.yMin, yMin: box.xMin, xMax: box.yMax, yMax: box.xMax)
        },
    ]

    /// The number of boxes that are checked.
    private static let limit = 20_000

    /// Returns a sentence about the format that a file seems to use instead; nil when the file is consistent, or has too few boxes to tell.
    static func mistake(in detections: [ScoredBox], dataset: DetectionDataset) -> String? {
        let chosen = detections.sorted { $0.score > $1.score }.prefix(limit)
        let asWritten = hits(chosen, dataset) { box, _, _ in box }
        guard chosen.count >= 2 else { return nil }
        // If at least a fifth of the boxes match an object as written, the format is right.
        if asWritten.count * 5 < chosen.count {
            let others = readings.map { ($0, hits(chosen, dataset, reading: $0.box).count) }
            if let (reading, count) = others.max(by: { $0.1 < $1.1 }), count >= 2, count * 2 >= chosen.count,
                count >= 4 * asWritten.count
            {
                return
                    "its boxes are \(reading.words), but must be [left, top, width, height] in pixels: read as such, "
                    + "\(asWritten.count) of \(chosen.count) match an object; read the other way, \(count) do"
            }
        }
        return otherClasses(asWritten, dataset)
    }

    /// Returns a sentence if image ids seem to be the numbers in file names rather than ids; otherwise nil.
    ///
    /// - Parameter named: The same detections, assigned to images by the numbers in file names.
    static func otherImages(_ detections: [ScoredBox], named: [ScoredBox], dataset: DetectionDataset) -> String? {
        func count(_ detections: [ScoredBox]) -> Int {
            hits(detections.prefix(limit), dataset) { box, _, _ in box }.count
        }
        let (own, other) = (count(detections), count(named))
        let whole = min(limit, detections.count)
        let isMost = other * 10 >= whole * 9 && own * 2 < whole
        guard other >= 4, isMost || own * 5 < whole && other >= 3 * max(1, own) else { return nil }
        return
            "its image_ids are the numbers in the image file names, which differ from the data set's images[].id: "
            + "read as ids, \(own) of \(whole) boxes match an object; read as names, \(other) do"
    }

    /// Returns the detections that match an object of any class, with the class of the nearest one.
    private static func hits(
        _ detections: ArraySlice<ScoredBox>, _ dataset: DetectionDataset,
        reading: (Box<ImagePixels>, Double, Double) -> Box<ImagePixels>
    ) -> [(detected: Int, annotated: Int)] {
        detections.compactMap { detection in
            let sample = dataset.samples[detection.image]
            let box = reading(detection.box, Double(sample.width ?? 1), Double(sample.height ?? 1))
            let overlaps = sample.objects.map { ($0, $0.box.intersectionOverUnion(box)) }
            guard let (object, overlap) = overlaps.max(by: { $0.1 < $1.1 }), overlap >= 0.5 else { return nil }
            // Of two objects in the same place, the one of the detection's class is meant.
            let own = overlaps.contains { $0.0.classIndex == detection.classIndex && $0.1 >= 0.5 }
            return (detection.classIndex, own ? detection.classIndex : object.classIndex)
        }
    }

    /// Returns a sentence if nearly every box matches an object of another class, always the same one for each class: the ids were mixed
    /// up.
    private static func otherClasses(_ hits: [(detected: Int, annotated: Int)], _ dataset: DetectionDataset) -> String?
    {
        let wrong = hits.filter { $0.detected != $0.annotated }
        // A few boxes count only if all of them agree, and are of several classes.
        let isClear = hits.count >= 10 && wrong.count * 10 >= hits.count * 9
        let isPlain = hits.count >= 4 && wrong.count == hits.count && Set(wrong.map(\.detected)).count > 1
        guard isClear || isPlain else { return nil }
        var counts: [Int: [Int: Int]] = [:]
        for hit in wrong { counts[hit.detected, default: [:]][hit.annotated, default: 0] += 1 }
        var meant: [Int: Int] = [:]
        for (detected, annotated) in counts {
            guard let (most, count) = annotated.max(by: { $0.value < $1.value }),
                count * 10 >= annotated.values.reduce(0, +) * 9
            else { return nil }
            meant[detected] = most
        }
        guard Set(meant.values).count == meant.count, let (detected, annotated) = meant.min(by: { $0.key < $1.key })
        else {
            return nil
        }
        let ids = dataset.categories.ids
        return
            "its classes are numbered differently: \(wrong.count) of \(hits.count) boxes that match an object match one of "
            + "another class; its category_id \(ids[detected]) ('\(dataset.classNames[detected].prefix(80))') matches "
            + "'\(dataset.classNames[annotated].prefix(80))', which is \(ids[annotated])"
    }
}
