import Boxes
import Datasets
import Evaluation

/// Whether a result file means something else than it says: boxes in another form, or classes under other numbers. Such a file
/// scores next to nothing, and nobody learns why.
enum ResultForm {
    /// Another reading of the four numbers of a box.
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

    /// So many boxes tell.
    private static let limit = 20_000

    /// What a file is taken to mean instead, as a sentence; nil when it means what it says, or says too little to tell.
    static func mistake(in detections: [ScoredBox], dataset: DetectionDataset) -> String? {
        let chosen = detections.sorted { $0.score > $1.score }.prefix(limit)
        let asWritten = hits(chosen, dataset) { box, _, _ in box }
        guard chosen.count >= 2 else { return nil }
        // A detector that finds anything at all is a detector.
        if asWritten.count * 5 < chosen.count {
            let others = readings.map { ($0, hits(chosen, dataset, reading: $0.box).count) }
            if let (reading, count) = others.max(by: { $0.1 < $1.1 }), count >= 2, count * 2 >= chosen.count,
                count >= 4 * asWritten.count
            {
                return
                    "its boxes are \(reading.words), and [left, top, width, height] in pixels belongs there: read as such, "
                    + "\(asWritten.count) of \(chosen.count) lie on an object, and read the other way \(count) do"
            }
        }
        return otherClasses(asWritten, dataset)
    }

    /// Whether numbers of images are those that their files are called by rather than identities.
    ///
    /// - Parameter named: The same detections in the images that are called by those numbers.
    static func otherImages(_ detections: [ScoredBox], named: [ScoredBox], dataset: DetectionDataset) -> String? {
        func count(_ detections: [ScoredBox]) -> Int {
            hits(detections.prefix(limit), dataset) { box, _, _ in box }.count
        }
        let (own, other) = (count(detections), count(named))
        let whole = min(limit, detections.count)
        let isMost = other * 10 >= whole * 9 && own * 2 < whole
        guard other >= 4, isMost || own * 5 < whole && other >= 3 * max(1, own) else { return nil }
        return
            "its image_ids are the numbers that the images' files are called by, and the data set's images[].id are others: "
            + "read as ids, \(own) of \(whole) boxes lie on an object, and read as names \(other) do"
    }

    /// The detections that lie on an object of any class, with the class of the nearest one.
    private static func hits(
        _ detections: ArraySlice<ScoredBox>, _ dataset: DetectionDataset,
        reading: (Box<ImagePixels>, Double, Double) -> Box<ImagePixels>
    ) -> [(detected: Int, annotated: Int)] {
        detections.compactMap { detection in
            let sample = dataset.samples[detection.image]
            let box = reading(detection.box, Double(sample.width ?? 1), Double(sample.height ?? 1))
            let overlaps = sample.objects.map { ($0, $0.box.intersectionOverUnion(box)) }
            guard let (object, overlap) = overlaps.max(by: { $0.1 < $1.1 }), overlap >= 0.5 else { return nil }
            // Of two objects at one place the one of its class is meant.
            let own = overlaps.contains { $0.0.classIndex == detection.classIndex && $0.1 >= 0.5 }
            return (detection.classIndex, own ? detection.classIndex : object.classIndex)
        }
    }

    /// Nearly every box lies on an object of another class, and of the same other class for each: numbers were mixed up.
    private static func otherClasses(_ hits: [(detected: Int, annotated: Int)], _ dataset: DetectionDataset) -> String?
    {
        let wrong = hits.filter { $0.detected != $0.annotated }
        // A handful tells only when all of it says so, and of several classes.
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
            "its classes are numbered otherwise: \(wrong.count) of \(hits.count) boxes that lie on an object lie on one of "
            + "another class; what it calls category_id \(ids[detected]) ('\(dataset.classNames[detected].prefix(80))') lies on "
            + "'\(dataset.classNames[annotated].prefix(80))', which is \(ids[annotated])"
    }
}
