import Boxes
import Datasets
import Evaluation

/// What annotators and a network say about one image.
package struct AuditedImage: Sendable {
    /// The annotated objects.
    package var objects: [AnnotatedObject]
    /// For each object the highest probability of its class near its centre, in `0...1`, from the network's heatmap.
    package var evidence: [Double]
    /// The network's detections with scores from ``AuditedImage/minimumScore`` on; ``ScoredBox/image`` is not used.
    package var detections: [ScoredBox]
    /// The size of the image in pixels; nil where unknown.
    package var width, height: Int?

    /// Detections below this score say nothing.
    package static let minimumScore = 0.05

    /// Creates an image from its parts.
    package init(
        objects: [AnnotatedObject], evidence: [Double], detections: [ScoredBox], width: Int?, height: Int?
    ) {
        precondition(objects.count == evidence.count, "\(evidence.count) peaks for \(objects.count) objects")
        self.objects = objects
        self.evidence = evidence
        self.detections = detections.filter { $0.score >= Self.minimumScore && $0.box.isFinite && !$0.box.isEmpty }
        (self.width, self.height) = (width, height)
    }
}
