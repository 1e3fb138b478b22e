import Boxes

/// All boxes of one class, grouped by image, with the overlaps that all metrics need.
struct ClassBoxes {
    /// The boxes of one image.
    struct Image {
        /// Positions in `groundTruths`.
        let groundTruths: Range<Int>
        /// Positions in `detections`, by descending score.
        let detections: Range<Int>
        /// The position of this image's first overlap: one row per detection, one column per object.
        let firstOverlap: Int
    }

    /// Sorted by image, then in the order given.
    let groundTruths: [GroundTruthBox]
    /// Sorted by image, then by score, then in the order given.
    let detections: [ScoredBox]
    /// For each detection, its position in the order given.
    let givenOrder: [Int]
    /// The images that have boxes, in ascending order.
    let images: [Image]
    /// The overlaps: for boxes, intersection over union; with a crowd, intersection over the detection's area.
    let overlaps: [Double]

    /// - Parameter overlap: Returns the overlap of a detection and an object of the same image, in `0...1`.
    init(
        groundTruths: [GroundTruthBox], detections: [ScoredBox],
        overlap: (ScoredBox, GroundTruthBox) -> Double = ClassBoxes.boxOverlap
    ) {
        let byImage = groundTruths.indices.sorted { (groundTruths[$0].image, $0) < (groundTruths[$1].image, $1) }
        let order = detections.indices.sorted { left, right in
            let (a, b) = (detections[left], detections[right])
            if a.image != b.image { return a.image < b.image }
            return a.score != b.score ? a.score > b.score : left < right
        }
        self.groundTruths = byImage.map { groundTruths[$0] }
        self.detections = order.map { detections[$0] }
        givenOrder = order

        var images: [Image] = []
        var overlaps: [Double] = []
        var (groundTruth, detection) = (0, 0)
        while groundTruth < groundTruths.count || detection < detections.count {
            let image = min(
                groundTruth < groundTruths.count ? self.groundTruths[groundTruth].image : .max,
                detection < detections.count ? self.detections[detection].image : .max)
            let (firstGroundTruth, firstDetection) = (groundTruth, detection)
            while groundTruth < groundTruths.count, self.groundTruths[groundTruth].image == image { groundTruth += 1 }
            while detection < detections.count, self.detections[detection].image == image { detection += 1 }
            images.append(
                Image(
                    groundTruths: firstGroundTruth..<groundTruth, detections: firstDetection..<detection,
                    firstOverlap: overlaps.count))
            for found in self.detections[firstDetection..<detection] {
                for object in self.groundTruths[firstGroundTruth..<groundTruth] {
                    overlaps.append(overlap(found, object))
                }
            }
        }
        self.images = images
        self.overlaps = overlaps
    }

    static func boxOverlap(_ found: ScoredBox, _ object: GroundTruthBox) -> Double {
        guard object.crowd else { return found.box.intersectionOverUnion(object.box) }
        let area = found.box.area
        return area > 0 ? found.box.intersection(object.box).area / area : 0
    }

    /// Groups boxes by class; boxes and scores that are not finite are left out.
    static func gather(
        _ groundTruth: [GroundTruthBox], _ detections: [ScoredBox], classCount: Int, imageCount: Int,
        overlap: (ScoredBox, GroundTruthBox) -> Double = ClassBoxes.boxOverlap
    ) -> [ClassBoxes] {
        var groundTruthsByClass = [[GroundTruthBox]](repeating: [], count: classCount)
        var detectionsByClass = [[ScoredBox]](repeating: [], count: classCount)
        for object in groundTruth {
            check(object.image, object.classIndex, classCount, imageCount)
            if object.box.isFinite { groundTruthsByClass[object.classIndex].append(object) }
        }
        for found in detections {
            check(found.image, found.classIndex, classCount, imageCount)
            if found.box.isFinite, found.score.isFinite { detectionsByClass[found.classIndex].append(found) }
        }
        return zip(groundTruthsByClass, detectionsByClass).map {
            ClassBoxes(groundTruths: $0, detections: $1, overlap: overlap)
        }
    }

    static func check(_ image: Int, _ classIndex: Int, _ classCount: Int, _ imageCount: Int) {
        precondition((0..<imageCount).contains(image), "image \(image) of \(imageCount) images")
        precondition((0..<classCount).contains(classIndex), "class \(classIndex) of \(classCount) classes")
    }
}
