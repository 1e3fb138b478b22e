import Boxes

/// A confusion matrix at one score threshold: one row per annotated class, one column per predicted class, and one more of each for the
/// background.
public struct ConfusionMatrix: Hashable, Sendable {
    /// `counts[groundTruth][predicted]`. The last row holds detections without an object, the last column missed objects.
    public private(set) var counts: [[Int]]

    /// Counts a detector's predictions.
    ///
    /// In each image, by descending score, a detection is matched to the object of any class that it overlaps most, among those not yet
    /// matched and with an IoU above `minimumOverlap`. A detection matched to a difficult object or a crowd is not counted, nor is such an
    /// object when it is missed.
    ///
    /// - Parameter similarity: What decides in place of the IoU, in `0...1`; nil for the IoU.
    /// - Precondition: images are in `0..<imageCount` and classes in `0..<classCount`.
    public init(
        groundTruth: [GroundTruthBox], detections: [ScoredBox], classCount: Int, imageCount: Int,
        scoreThreshold: Double, minimumOverlap: Double = 0.5, similarity: ((ScoredBox, GroundTruthBox) -> Double)? = nil
    ) {
        counts = [[Int]](repeating: [Int](repeating: 0, count: classCount + 1), count: classCount + 1)
        let classes = ClassBoxes.gather(groundTruth, detections, classCount: classCount, imageCount: imageCount) {
            _, _ in 0
        }
        // Matching considers all classes together, and compares classes only afterwards.
        let everything = ClassBoxes(
            groundTruths: classes.flatMap(\.groundTruths),
            detections: classes.flatMap(\.detections).filter { $0.score >= scoreThreshold },
            overlap: similarity ?? ClassBoxes.boxOverlap)
        for image in everything.images {
            var isTaken = [Bool](repeating: false, count: image.groundTruths.count)
            for (rank, detection) in image.detections.enumerated() {
                let first = image.firstOverlap + rank * image.groundTruths.count
                var (best, match) = (minimumOverlap, Int?.none)
                for place in isTaken.indices where !isTaken[place] && everything.overlaps[first + place] > best {
                    best = everything.overlaps[first + place]
                    match = place
                }
                let predicted = everything.detections[detection].classIndex
                guard let match else {
                    counts[classCount][predicted] += 1
                    continue
                }
                let object = everything.groundTruths[image.groundTruths.lowerBound + match]
                if object.difficult || object.crowd { continue }
                isTaken[match] = true
                counts[object.classIndex][predicted] += 1
            }
            for (place, object) in zip(isTaken.indices, everything.groundTruths[image.groundTruths])
            where !isTaken[place] && !object.difficult && !object.crowd {
                counts[object.classIndex][classCount] += 1
            }
        }
    }
}
