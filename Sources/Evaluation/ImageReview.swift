/// What became of every detection and every object of one image.
public struct ImageReview: Hashable, Sendable {
    /// What a detection is worth.
    public enum Verdict: String, CaseIterable, Sendable {
        /// It found an object.
        case matched
        /// It lies on an object that another detection, with a higher score, has found already.
        case duplicate
        /// It lies beside an object of its class: the overlap is too small to count, and too large for chance.
        case poorlyPlaced
        /// It lies on an object of another class.
        case confused
        /// It lies on nothing.
        case falseAlarm
        /// It lies on a difficult object or in a crowd: neither rewarded nor punished.
        case ignored

        /// Whether it counts against the detector.
        public var isError: Bool { self != .matched && self != .ignored }
    }

    /// A detection, what it is worth, and the object that decided so.
    public struct Finding: Hashable, Sendable {
        /// What was detected.
        public let detection: ScoredBox
        /// What that is worth.
        public let verdict: Verdict
        /// The object that it was judged by; nil for a false alarm.
        public let object: GroundTruthBox?
        /// The intersection over union of both; with a crowd, over the detection's area. 0 without an object.
        public let overlap: Double
    }

    /// The image, from 0.
    public let image: Int
    /// Every detection that reaches the threshold, the surest first.
    public let findings: [Finding]
    /// Every object that no detection found, in the order given; difficult ones and crowds are not missed. What is found
    /// poorly placed or by another class's name is missed, too.
    public let missed: [GroundTruthBox]

    /// The detections with one verdict, the surest first.
    public func findings(_ verdict: Verdict) -> [Finding] { findings.filter { $0.verdict == verdict } }

    /// How many objects were found.
    public var matchedCount: Int { findings.count { $0.verdict == .matched } }

    /// How much is wrong: missed objects, and detections that count against the detector.
    public var badness: Int { missed.count + findings.count { $0.verdict.isError } }

    /// Whether this image stands before another in a list that begins with the worst: it has the greater badness; of
    /// equal ones, the smaller number of objects found; of equal ones of these, too, the earlier place in the data set.
    public func isWorse(than other: ImageReview) -> Bool {
        (-badness, matchedCount, image) < (-other.badness, other.matchedCount, other.image)
    }
}

/// The reviews of every image of a data set's split.
public struct SplitReview: Hashable, Sendable {
    /// One an image, in order.
    public let images: [ImageReview]

    /// Judges every detection that reaches a threshold, as VOC's matching does: in each image, from the best score down.
    ///
    /// A detection that overlaps an object of its class by more than `minimumOverlap` is judged by the one that it overlaps
    /// most: the first such detection finds it, later ones are duplicates. Otherwise the object of another class
    /// that it overlaps most decides if that is by more than `minimumOverlap`: it is confused. Otherwise the object of its
    /// class that it overlaps most, if by at least `nearOverlap`: it is poorly placed. Otherwise it is a false alarm. When
    /// the object that decides is difficult or a crowd, the detection is ignored.
    ///
    /// Boxes and scores that are not finite are left out.
    ///
    /// - Precondition: images are in `0..<imageCount` and classes in `0..<classCount`.
    public init(
        groundTruth: [GroundTruthBox], detections: [ScoredBox], classCount: Int, imageCount: Int,
        scoreThreshold: Double, minimumOverlap: Double = 0.5, nearOverlap: Double = 0.1
    ) {
        for object in groundTruth { ClassBoxes.check(object.image, object.classIndex, classCount, imageCount) }
        for found in detections { ClassBoxes.check(found.image, found.classIndex, classCount, imageCount) }
        let boxes = ClassBoxes(
            groundTruths: groundTruth.filter(\.box.isFinite),
            detections: detections.filter { $0.box.isFinite && $0.score.isFinite && $0.score >= scoreThreshold })
        let judge = Judge(boxes: boxes, minimumOverlap: minimumOverlap, nearOverlap: nearOverlap)
        var reviews = (0..<imageCount).map { ImageReview(image: $0, findings: [], missed: []) }
        for image in boxes.images {
            let review = judge.review(image)
            reviews[review.image] = review
        }
        images = reviews
    }

    /// The images with the most errors, the worst first; those without an error are never among them.
    public func worst(_ count: Int) -> [ImageReview] {
        Array(images.filter { $0.badness > 0 }.sorted { $0.isWorse(than: $1) }.prefix(count))
    }

    /// The images with the fewest errors, of those in which anything was found; of equal ones, those with the most objects
    /// found come first, then the earlier ones.
    public func best(_ count: Int) -> [ImageReview] {
        let ranked = images.filter { $0.matchedCount > 0 }.sorted {
            ($0.badness, -$0.matchedCount, $0.image) < ($1.badness, -$1.matchedCount, $1.image)
        }
        return Array(ranked.prefix(count))
    }

    /// How many detections have a verdict: of one class as detected, or of all.
    public func count(_ verdict: ImageReview.Verdict, classIndex: Int? = nil) -> Int {
        images.reduce(0) { sum, image in
            sum
                + image.findings.count {
                    $0.verdict == verdict && (classIndex == nil || $0.detection.classIndex == classIndex)
                }
        }
    }

    /// How many objects were missed: of one class, or of all.
    public func missedCount(classIndex: Int? = nil) -> Int {
        images.reduce(0) { sum, image in
            sum + image.missed.count { classIndex == nil || $0.classIndex == classIndex }
        }
    }
}

/// Judges the detections of one image after the other.
private struct Judge {
    let boxes: ClassBoxes
    let minimumOverlap, nearOverlap: Double

    func review(_ image: ClassBoxes.Image) -> ImageReview {
        var isFound = [Bool](repeating: false, count: image.groundTruths.count)
        let objects = boxes.groundTruths[image.groundTruths]
        let findings = image.detections.enumerated().map { rank, position in
            let detection = boxes.detections[position]
            let first = image.firstOverlap + rank * objects.count
            let row = boxes.overlaps[first..<first + objects.count]
            guard let (place, verdict) = judge(detection, objects, row) else {
                return ImageReview.Finding(detection: detection, verdict: .falseAlarm, object: nil, overlap: 0)
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

    /// The object that decides about a detection, and how, as if nothing had been found before; nil where nothing is near.
    private func judge(
        _ detection: ScoredBox, _ objects: ArraySlice<GroundTruthBox>, _ overlaps: ArraySlice<Double>
    ) -> (place: Int, verdict: ImageReview.Verdict)? {
        var own: (place: Int, overlap: Double)?
        var other: (place: Int, overlap: Double)?
        for (place, (object, overlap)) in zip(objects, overlaps).enumerated() {
            if object.classIndex == detection.classIndex {
                if overlap > own?.overlap ?? 0 { own = (place, overlap) }
            } else if overlap > other?.overlap ?? 0 {
                other = (place, overlap)
            }
        }
        if let own, own.overlap > minimumOverlap { return (own.place, .matched) }
        if let other, other.overlap > minimumOverlap { return (other.place, .confused) }
        if let own, own.overlap >= nearOverlap { return (own.place, .poorlyPlaced) }
        return nil
    }
}
