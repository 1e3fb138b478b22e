/// The verdicts on all detections and objects of one image.
public struct ImageReview: Hashable, Sendable {
    /// The verdict on a detection.
    public enum Verdict: String, CaseIterable, Sendable {
        /// The detection matches an object.
        case matched
        /// The detection matches an object that another detection, with a higher score, has already found.
        case duplicate
        /// The detection overlaps an object of its class, but too little to match it.
        case poorlyLocalized
        /// The detection matches an object of another class.
        case wrongClass
        /// The detection matches no object.
        case falsePositive
        /// The detection matches a difficult object or a crowd, and is not counted.
        case ignored

        /// Whether the verdict counts as an error.
        public var isError: Bool { self != .matched && self != .ignored }
    }

    /// A detection, its verdict, and the object that decided the verdict.
    public struct Finding: Hashable, Sendable {
        /// The detection.
        public let detection: ScoredBox
        /// The verdict.
        public let verdict: Verdict
        /// The object that decided the verdict; nil for a false positive.
        public let object: GroundTruthBox?
        /// The intersection over union of both (with a crowd, over the detection's area); 0 without an object.
        public let overlap: Double
    }

    /// The image, from 0.
    public let image: Int
    /// All detections at or above the threshold, by descending score.
    public let findings: [Finding]
    /// All objects that no detection matched, in the order given, without difficult ones and crowds. Objects that were only poorly localized
    /// or confused are missed, too.
    public let missed: [GroundTruthBox]

    /// Returns the detections with one verdict, by descending score.
    public func findings(_ verdict: Verdict) -> [Finding] { findings.filter { $0.verdict == verdict } }

    /// The number of objects found.
    public var matchedCount: Int { findings.count { $0.verdict == .matched } }

    /// The number of errors: missed objects, and detections that are errors.
    public var badness: Int { missed.count + findings.count { $0.verdict.isError } }

    /// Returns whether this image precedes another in a list that begins with the worst: it has more errors; with equally many, fewer
    /// objects found; otherwise the earlier position in the data set.
    public func isWorse(than other: ImageReview) -> Bool {
        (-badness, matchedCount, image) < (-other.badness, other.matchedCount, other.image)
    }
}

/// The reviews of all images of a data set's split.
public struct SplitReview: Hashable, Sendable {
    /// One review per image, in order.
    public let images: [ImageReview]

    /// Assigns a verdict to each detection at or above a threshold, as VOC's matching does: in each image, by descending score.
    ///
    /// A detection with an IoU above `minimumOverlap` with an object of its class is judged by the one that it overlaps most: the first
    /// such detection matches it, later ones are duplicates. Otherwise, if its largest IoU with an object of another class is above
    /// `minimumOverlap`, the detection is confused. Otherwise, if its largest IoU with an object of its class is at least `nearOverlap`, it
    /// is poorly localized. Otherwise it is a false positive. When the deciding object is difficult or a crowd, the detection is ignored.
    ///
    /// Boxes and scores that are not finite are left out.
    ///
    /// - Parameter similarity: What decides in place of the IoU, in `0...1`, where objects are points; a detection is then judged by the
    ///   object that is nearest among those not yet found, as in ``pointReport(groundTruth:detections:classCount:imageSizes:options:)``.
    /// - Precondition: images are in `0..<imageCount` and classes in `0..<classCount`.
    public init(
        groundTruth: [GroundTruthBox], detections: [ScoredBox], classCount: Int, imageCount: Int,
        scoreThreshold: Double, minimumOverlap: Double = 0.5, nearOverlap: Double = 0.1,
        similarity: ((ScoredBox, GroundTruthBox) -> Double)? = nil
    ) {
        for object in groundTruth { ClassBoxes.check(object.image, object.classIndex, classCount, imageCount) }
        for found in detections { ClassBoxes.check(found.image, found.classIndex, classCount, imageCount) }
        let boxes = ClassBoxes(
            groundTruths: groundTruth.filter(\.box.isFinite),
            detections: detections.filter { $0.box.isFinite && $0.score.isFinite && $0.score >= scoreThreshold },
            overlap: similarity ?? ClassBoxes.boxOverlap)
        let judge = Judge(
            boxes: boxes, minimumOverlap: minimumOverlap, nearOverlap: nearOverlap, prefersFree: similarity != nil)
        var reviews = (0..<imageCount).map { ImageReview(image: $0, findings: [], missed: []) }
        for image in boxes.images {
            let review = judge.review(image)
            reviews[review.image] = review
        }
        images = reviews
    }

    /// Returns the images with the most errors, the worst first, without those that have no errors.
    public func worst(_ count: Int) -> [ImageReview] {
        Array(images.filter { $0.badness > 0 }.sorted { $0.isWorse(than: $1) }.prefix(count))
    }

    /// Returns the images with the fewest errors, among those with any object found; with equally many errors, those with the most objects
    /// found come first, then the earlier ones.
    public func best(_ count: Int) -> [ImageReview] {
        let ranked = images.filter { $0.matchedCount > 0 }.sorted {
            ($0.badness, -$0.matchedCount, $0.image) < ($1.badness, -$1.matchedCount, $1.image)
        }
        return Array(ranked.prefix(count))
    }

    /// Returns the number of detections with a verdict: of one predicted class, or of all.
    public func count(_ verdict: ImageReview.Verdict, classIndex: Int? = nil) -> Int {
        images.reduce(0) { sum, image in
            sum
                + image.findings.count {
                    $0.verdict == verdict && (classIndex == nil || $0.detection.classIndex == classIndex)
                }
        }
    }

    /// Returns the number of missed objects: of one class, or of all.
    public func missedCount(classIndex: Int? = nil) -> Int {
        images.reduce(0) { sum, image in
            sum + image.missed.count { classIndex == nil || $0.classIndex == classIndex }
        }
    }
}

/// Assigns verdicts to the detections of one image at a time.
private struct Judge {
    let boxes: ClassBoxes
    let minimumOverlap, nearOverlap: Double
    /// Whether objects that were found already are considered last.
    let prefersFree: Bool

    func review(_ image: ClassBoxes.Image) -> ImageReview {
        var isFound = [Bool](repeating: false, count: image.groundTruths.count)
        let objects = boxes.groundTruths[image.groundTruths]
        let findings = image.detections.enumerated().map { rank, position in
            let detection = boxes.detections[position]
            let first = image.firstOverlap + rank * objects.count
            let row = boxes.overlaps[first..<first + objects.count]
            guard let (place, verdict) = judge(detection, objects, row, isFound) else {
                return ImageReview.Finding(detection: detection, verdict: .falsePositive, object: nil, overlap: 0)
            }
            let object = objects[objects.startIndex + place]
            let isIgnored = object.difficult || object.crowd
            let isSecond = verdict == .matched && isFound[place]
            if verdict == .matched, !isIgnored { isFound[place] = true }
            return ImageReview.Finding(
                detection: detection, verdict: isIgnored ? .ignored : isSecond ? .duplicate : verdict, object: object,
                overlap: row[first + place])
        }
        let missed = zip(objects, isFound).filter { !$1 && !$0.difficult && !$0.crowd }.map(\.0)
        let image = objects.first?.image ?? findings.first?.detection.image ?? 0
        return ImageReview(image: image, findings: findings, missed: missed)
    }

    /// Returns the object that decides about a detection, and the verdict, regardless of earlier detections; nil when no object is near.
    private func judge(
        _ detection: ScoredBox, _ objects: ArraySlice<GroundTruthBox>, _ overlaps: ArraySlice<Double>, _ isFound: [Bool]
    ) -> (place: Int, verdict: ImageReview.Verdict)? {
        var own: (place: Int, overlap: Double)?
        var free: (place: Int, overlap: Double)?
        var other: (place: Int, overlap: Double)?
        for (place, (object, overlap)) in zip(objects, overlaps).enumerated() {
            if object.classIndex == detection.classIndex {
                if overlap > own?.overlap ?? 0 { own = (place, overlap) }
                if !isFound[place], !object.difficult, !object.crowd, overlap > free?.overlap ?? 0 {
                    free = (place, overlap)
                }
            } else if overlap > other?.overlap ?? 0 {
                other = (place, overlap)
            }
        }
        if prefersFree, let free, free.overlap > minimumOverlap { return (free.place, .matched) }
        if let own, own.overlap > minimumOverlap { return (own.place, .matched) }
        if let other, other.overlap > minimumOverlap { return (other.place, .wrongClass) }
        if let own, own.overlap >= nearOverlap { return (own.place, .poorlyLocalized) }
        return nil
    }
}
