import JSON

/// COCO's ten keypoint metrics. All values are in `0...1`, or -1 where there are no objects.
///
/// They are computed as for boxes, but with the keypoint similarity (OKS) instead of the IoU, at most 20 detections per image and class,
/// and without small objects.
public struct PoseAveragePrecision: Hashable, Sendable {
    /// Average precision: the mean over the similarity thresholds 0.50, 0.55, …, 0.95.
    public var AP: Double
    /// Average precision at similarity 0.50, and at 0.75.
    public var AP50, AP75: Double
    /// Average precision for objects from 32 x 32 to 96 x 96 pixels, and above.
    public var APmedium, APlarge: Double
    /// Average recall over all similarity thresholds, at 0.50 and at 0.75.
    public var AR, AR50, AR75: Double
    /// Average recall by size.
    public var ARmedium, ARlarge: Double
    /// ``AP`` of each class.
    public var perClassAP: [Double]

    /// The ten metrics with their names.
    public var numbers: [(name: String, value: Double)] {
        [
            ("AP", AP), ("AP50", AP50), ("AP75", AP75), ("APmedium", APmedium), ("APlarge", APlarge), ("AR", AR),
            ("AR50", AR50), ("AR75", AR75), ("ARmedium", ARmedium), ("ARlarge", ARlarge),
        ]
    }

    /// The ten metrics by name.
    var json: JSONValue { .object(JSONObject(numbers.map { ($0.name, .number($0.value)) })) }

    /// The metrics as a table for a terminal.
    var rows: [[String]] {
        [
            ["keypoints", "all", "at 0.50", "at 0.75", "medium", "large"],
            ["AP"] + [AP, AP50, AP75, APmedium, APlarge].map(figure),
            ["AR"] + [AR, AR50, AR75, ARmedium, ARlarge].map(figure),
        ]
    }
}

/// Scores the keypoints of detections against the ground truth as pycocotools' keypoint evaluation does.
///
/// Crowds and objects without annotated keypoints count neither when found nor when missed. Boxes, keypoints and scores that are not finite
/// are left out.
///
/// - Parameters:
///   - detections: The detections, in any order. Equal scores are ordered by image, and within an image as given.
///   - similarity: The similarity, with as many keypoints as an object.
/// - Precondition: images are in `0..<imageCount` and classes in `0..<classCount`.
public func poseAveragePrecision(
    groundTruth: [GroundTruthBox], detections: [ScoredBox], similarity: KeypointSimilarity, classCount: Int,
    imageCount: Int
) -> PoseAveragePrecision {
    let finite = detections.filter { $0.keypoints.allSatisfy { $0.x.isFinite && $0.y.isFinite } }
    let classes = ClassBoxes.gather(
        groundTruth, finite, classCount: classCount, imageCount: imageCount, overlap: similarity.callAsFunction)
    let sizes: [COCO.Size] = [.all, .medium, .large]
    let measures = classes.map { boxes in sizes.map { PoseClassMeasures(boxes, size: $0) } }

    func precision(_ size: Int, at overlap: Int? = nil) -> Double {
        mean(measures.map { pick($0[size].precision, overlap) })
    }
    func recall(_ size: Int, at overlap: Int? = nil) -> Double {
        mean(measures.map { pick($0[size].recall, overlap) })
    }
    return PoseAveragePrecision(
        AP: precision(0), AP50: precision(0, at: 0), AP75: precision(0, at: 5), APmedium: precision(1),
        APlarge: precision(2), AR: recall(0), AR50: recall(0, at: 0), AR75: recall(0, at: 5), ARmedium: recall(1),
        ARlarge: recall(2), perClassAP: measures.map { mean($0[0].precision) })
}

/// The metrics of one class within one range of sizes, one element per similarity threshold; empty if there are no objects.
private struct PoseClassMeasures {
    /// The maximum number of detections per image.
    static let limit = 20

    var precision: [Double] = []
    var recall: [Double] = []

    init(_ boxes: ClassBoxes, size: COCO.Size) {
        let matching = COCOMatching(boxes, size: size) { $0.crowd || !$0.keypoints.contains(where: \.isAnnotated) }
        guard matching.objectCount > 0 else { return }
        let (count, detections) = (boxes.detections.count, boxes.detections)
        let order = boxes.images.flatMap { $0.detections.prefix(Self.limit) }.sorted { left, right in
            let (a, b) = (detections[left].score, detections[right].score)
            return a != b ? a > b : left < right
        }
        for row in COCO.overlaps.indices {
            let curve = COCOClassMeasures.Curve(
                order.map { matching.verdicts[row * count + $0] }, objectCount: matching.objectCount)
            precision.append(curve.meanPrecision)
            recall.append(curve.recall.last ?? 0)
        }
    }
}
