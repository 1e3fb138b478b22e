import Boxes

/// The agreement of detected points with the ground truth. Fractions are in `0...1`, or -1 where they are undefined.
public struct PointReport: Hashable, Sendable {
    /// The results of one class, or of all together.
    public struct Measures: Hashable, Sendable {
        /// The area under the precision-recall curve, by VOC's rules from 2010 on; of all classes, the mean over those with objects.
        public var AP: Double
        /// The objects found, the detections that found none, and the objects that were missed, at the minimum score.
        public var found, wrong, missed: Int
        /// How far the number of detections is off from that of objects, image by image, at the minimum score.
        public var counts: CountErrors

        /// The fraction of correct detections; -1 without detections.
        public var precision: Double { Self.share(found, of: found + wrong) }
        /// The fraction of the objects found; -1 without objects.
        public var recall: Double { Self.share(found, of: found + missed) }
        /// The harmonic mean of both; -1 without either.
        public var F1: Double { Self.share(2 * found, of: 2 * found + wrong + missed) }

        private static func share(_ part: Int, of whole: Int) -> Double {
            whole == 0 ? -1 : Double(part) / Double(whole)
        }
    }

    /// How detections were compared with objects.
    public let options: PointOptions
    /// The results of all classes together.
    public let all: Measures
    /// The results of each class.
    public let classes: [Measures]
    /// Each class's precision-recall curve.
    public let curves: [PrecisionRecallCurve]
    /// The number of images.
    public let imageCount: Int
    /// The number of objects of each class, including difficult ones and crowds.
    public let objectCounts: [Int]
}

/// Scores detected points against the ground truth: as detections, by average precision, precision, recall and F1 within a distance; and
/// as counts of the objects in each image.
///
/// By descending score, each detection finds the nearest object of its class that no other has found, if it is within the object's distance
/// (``PointOptions``). Difficult objects and crowds count neither when found nor when missed. Places and scores that are not finite are left
/// out.
///
/// - Parameters:
///   - imageSizes: The width and height in pixels of each image that was evaluated, by its number: counts are averaged over these.
/// - Precondition: all images have a size, and classes are in `0..<classCount`.
public func pointReport(
    groundTruth: [GroundTruthBox], detections: [ScoredBox], classCount: Int,
    imageSizes: [Int: (width: Double, height: Double)], options: PointOptions = PointOptions()
) -> PointReport {
    for object in groundTruth { checkPoint(object.image, object.classIndex, classCount, imageSizes) }
    for found in detections { checkPoint(found.image, found.classIndex, classCount, imageSizes) }
    let objects = Dictionary(grouping: groundTruth.filter(\.box.isFinite)) { $0.classIndex }
    let usable = Dictionary(grouping: detections.filter { $0.box.isFinite && $0.score.isFinite }) { $0.classIndex }
    let scorings = (0..<classCount).map { classIndex in
        PointClassScoring(
            objects: objects[classIndex, default: []], detections: usable[classIndex, default: []], options: options)
    }
    func counts(_ scorings: [PointClassScoring]) -> CountErrors {
        CountErrors(
            imageSizes.sorted { $0.key < $1.key }.map { image, size in
                CountErrors.Image(
                    width: size.width, height: size.height,
                    objects: scorings.flatMap { $0.countedObjects[image, default: []] },
                    detections: scorings.flatMap { $0.countedDetections[image, default: []] })
            })
    }
    func measures(_ scorings: [PointClassScoring], AP: Double) -> PointReport.Measures {
        PointReport.Measures(
            AP: AP, found: scorings.reduce(0) { $0 + $1.found }, wrong: scorings.reduce(0) { $0 + $1.wrong },
            missed: scorings.reduce(0) { $0 + $1.missed }, counts: counts(scorings))
    }
    let areas = scorings.map(\.curve.area)
    return PointReport(
        options: options, all: measures(scorings, AP: mean(areas)),
        classes: zip(scorings, areas).map { measures([$0], AP: $1) }, curves: scorings.map(\.curve),
        imageCount: imageSizes.count, objectCounts: (0..<classCount).map { objects[$0, default: []].count })
}

private func checkPoint(
    _ image: Int, _ classIndex: Int, _ classCount: Int, _ sizes: [Int: (width: Double, height: Double)]
) {
    precondition(sizes[image] != nil, "image \(image) has no size")
    precondition((0..<classCount).contains(classIndex), "class \(classIndex) of \(classCount) classes")
}

/// The matches of one class in all images.
private struct PointClassScoring {
    let curve: PrecisionRecallCurve
    /// At the minimum score.
    private(set) var found = 0, wrong = 0
    let missed: Int
    /// What is compared as counts, by image.
    private(set) var countedObjects: [Int: [Box<ImagePixels>]] = [:]
    private(set) var countedDetections: [Int: [Box<ImagePixels>]] = [:]

    init(objects: [GroundTruthBox], detections: [ScoredBox], options: PointOptions) {
        let objectsByImage = Dictionary(grouping: objects, by: \.image)
        let places = Dictionary(grouping: detections.indices) { detections[$0].image }
        var verdicts = [PointMatching.Verdict](repeating: .wrong, count: detections.count)
        for (image, members) in places {
            let matching = PointMatching(
                members.map { detections[$0] }, objectsByImage[image, default: []], options: options)
            for (place, verdict) in zip(members, matching.verdicts) { verdicts[place] = verdict }
        }
        let order = detections.indices.sorted { left, right in
            let (a, b) = (detections[left].score, detections[right].score)
            return a != b ? a > b : left < right
        }
        let objectCount = objects.count { !$0.difficult && !$0.crowd }
        var (recall, precision, score) = ([Double](), [Double](), [Double]())
        var (right, counted) = (0, 0)
        for index in order where verdicts[index] != .notCounted {
            let isRight = verdicts[index] != .wrong
            right += isRight ? 1 : 0
            counted += 1
            recall.append(objectCount > 0 ? Double(right) / Double(objectCount) : 0)
            precision.append(Double(right) / Double(counted))
            score.append(detections[index].score)
            guard detections[index].score >= options.minimumScore else { continue }
            if isRight { found += 1 } else { wrong += 1 }
            countedDetections[detections[index].image, default: []].append(detections[index].box)
        }
        curve = PrecisionRecallCurve(recall: recall, precision: precision, score: score, objectCount: objectCount)
        missed = objectCount - found
        for object in objects where !object.difficult && !object.crowd {
            countedObjects[object.image, default: []].append(object.box)
        }
    }
}
