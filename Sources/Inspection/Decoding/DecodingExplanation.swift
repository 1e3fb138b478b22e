import Boxes
import Evaluation
import HeatmapTargets
import PeakDecoding
import Tensors

/// How one image's heatmap was decoded into boxes, compared with the image's annotation.
public struct DecodingExplanation: Sendable {
    /// An object that no detection found.
    public struct Miss: Hashable, Sendable {
        /// The object.
        public let object: GroundTruthBox
        /// The centre of its target; nil when the target omits the object.
        public let center: DetectionTargets.Center?
        /// The radius of its target's peak, in cells.
        public let radius: Int
        /// Why it was missed.
        public let reason: MissReason
    }

    /// Whether the objects are boxes or points.
    public let objectKind: ObjectKind
    /// Every step of the decoding.
    public let trace: DecodingTrace
    /// The transform from image pixels to cells of the maps.
    public let imageToCells: AffineMap<ImagePixels, OutputCells>
    /// The kept candidates in image pixels, in their order.
    public let detections: [Detection<ImagePixels>]
    /// The annotated objects.
    public let objects: [GroundTruthBox]
    /// The verdicts on detections and objects; a finding for each of ``detections``, in their order. Nil for an image without annotation.
    public let review: ImageReview?
    /// One for each missed object of the review, in their order.
    public let misses: [Miss]

    /// Compares a trace with an annotation.
    ///
    /// - Parameters:
    ///   - heatmap: the probabilities that were decoded, `[class, row, column]`.
    /// - objects: the image's objects, ``GroundTruthBox/image`` 0; nil for an image without annotation.
    ///   - targets: the options that the network was trained with.
    ///   - points: how points are compared with annotated ones, for a network that detects points; nil for boxes.
    /// - Precondition: `imageToCells` has an inverse.
    public init(
        trace: DecodingTrace, heatmap: Tensor, imageToCells: AffineMap<ImagePixels, OutputCells>,
        objects: [GroundTruthBox]?, targets: TargetOptions = TargetOptions(),
        points: PointOptions? = nil
    ) {
        guard let back = imageToCells.inverse else { preconditionFailure("\(imageToCells) has no inverse") }
        objectKind = points == nil ? .boxes : .points
        self.trace = trace
        self.imageToCells = imageToCells
        self.objects = objects ?? []
        let detections = trace.kept.map { $0.detection.mapped(by: back) }
        self.detections = detections
        guard let objects else {
            review = nil
            misses = []
            return
        }
        let similarity = points.map { $0.similarity(in: objects) }
        let review = SplitReview(
            groundTruth: objects,
            detections: detections.map {
                ScoredBox(image: 0, classIndex: $0.classIndex, box: $0.box, kind: $0.kind, score: Double($0.score))
            },
            classCount: heatmap.shape[0], imageCount: 1, scoreThreshold: trace.threshold,
            similarity: similarity
        ).images[0]
        self.review = review
        misses =
            MissFinder(
                trace: trace, heatmap: heatmap, imageToCells: imageToCells, back: back, review: review,
                targets: targets,
                similarity: similarity
            ).misses
    }

    /// The verdict on each of the trace's candidates: nil for those that were not kept, and without annotation.
    public func verdicts() -> [ImageReview.Verdict?] {
        var verdicts = [ImageReview.Verdict?](repeating: nil, count: trace.candidates.count)
        for (candidate, finding) in zip(trace.kept, review?.findings ?? []) {
            verdicts[candidate.rank - 1] = finding.verdict
        }
        return verdicts
    }

    /// How many cells each of the trace's candidates suppressed, directly or through other cells.
    public func suppressedCounts() -> [Int] {
        var counts = [Int](repeating: 0, count: trace.candidates.count)
        for peak in trace.suppressed.compactMap(\.peak) { counts[peak] += 1 }
        return counts
    }
}
