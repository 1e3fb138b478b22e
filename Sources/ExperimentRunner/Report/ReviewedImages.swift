import Boxes
import Datasets
import Evaluation
import Foundation
import HeatmapTargets
import Images
import Inference
import Interruption
import Pages
import Tensors

/// The results of a model on each image of a split, and the images with the most and the fewest errors.
struct ReviewedImages {
    /// An image shown in the report.
    struct Entry {
        let review: ImageReview
        let image: InspectedImage
        /// Whether objects are boxes or points.
        let objectKind: ObjectKind
        /// The skeleton of the detections' keypoints; nil without keypoints.
        let skeleton: Skeleton?
    }

    let split: SplitReview
    let confusion: ConfusionMatrix
    private(set) var worst: [Entry] = []
    private(set) var best: [Entry] = []

    /// Reviews a split, and runs the network again on the shown images for their heatmaps.
    ///
    /// - Parameters:
    ///   - result: The predictor's detections in all images of the data set.
    ///   - threshold: The minimum score of a detection.
    ///   - count: The maximum number of images of each kind.
    ///   - progress: Called after each shown image.
    init(
        of result: EvaluationResult, dataset: DetectionDataset, predictor: Predictor, threshold: Double,
        targets: TargetOptions, points: PointOptions, count: Int,
        progress: (_ finished: Int, _ count: Int) throws -> Void
    ) throws {
        let unreadable = Set(result.unreadable.map(\.file))
        let groundTruth = dataset.groundTruth.filter { !unreadable.contains(dataset.samples[$0.image].imageURL) }
        let (classCount, imageCount) = (dataset.classNames.count, dataset.samples.count)
        let similarity = dataset.objectKind == .points ? points.similarity(in: groundTruth) : nil
        split = SplitReview(
            groundTruth: groundTruth, detections: result.detections, classCount: classCount, imageCount: imageCount,
            scoreThreshold: threshold, similarity: similarity)
        confusion = ConfusionMatrix(
            groundTruth: groundTruth, detections: result.detections, classCount: classCount, imageCount: imageCount,
            scoreThreshold: threshold, similarity: similarity)
        let worst = split.worst(count)
        let shown = Set(worst.map(\.image))
        let best = split.best(2 * count).filter { !shown.contains($0.image) }.prefix(count)
        let looker = Looker(dataset: dataset, predictor: predictor, targets: targets)
        var finished = 0
        func entry(_ review: ImageReview) throws -> Entry? {
            let image = try looker.look(review)
            finished += 1
            try progress(finished, worst.count + best.count)
            return image.map {
                Entry(review: review, image: $0, objectKind: dataset.objectKind, skeleton: dataset.skeleton)
            }
        }
        try worst.forEachUntilInterrupted { review in if let entry = try entry(review) { self.worst.append(entry) } }
        try best.forEachUntilInterrupted { review in if let entry = try entry(review) { self.best.append(entry) } }
    }
}

/// Prepares an image for the report.
private struct Looker {
    let dataset: DetectionDataset
    let predictor: Predictor
    let targets: TargetOptions

    /// Returns the image with its verdicts and both heatmaps.
    func look(_ review: ImageReview) throws -> InspectedImage? {
        let sample = dataset.samples[review.image]
        let read = try predictor.read(sample.imageURL)
        guard let prediction = try predictor.predict([read]).first else { return nil }
        let look = predictor.look(at: read)
        var image = InspectedImage(
            name: sample.id, image: try Image(contentsOf: sample.imageURL),
            inputExtent: look.extent,
            imageToInput: look.view)
        image.detections = review.findings.map { finding in
            InspectedDetection(
                classIndex: finding.detection.classIndex, score: Float(finding.detection.score),
                box: finding.detection.box, kind: finding.detection.kind, note: note(finding))
        }
        let missed = Set(review.missed)
        image.annotations = sample.objects.map { object in
            let groundTruth = GroundTruthBox(
                image: review.image, classIndex: object.classIndex, box: object.box, difficult: object.difficult,
                crowd: object.crowd)
            let note =
                missed.contains(groundTruth) ? "missed" : object.difficult ? "difficult" : object.crowd ? "crowd" : ""
            return InspectedAnnotation(
                classIndex: object.classIndex, box: object.box, kind: object.kind, note: note)
        }
        image.predictedHeatmap = prediction.heatmap
        image.groundTruthHeatmap = prediction.groundTruthHeatmap(
            sample.objects.map { ($0.classIndex, $0.box) }, kind: dataset.objectKind, options: targets)
        return image
    }

    /// Returns a note such as `poorly localized: overlap 0.38 with RBC`; empty for correct detections.
    private func note(_ finding: ImageReview.Finding) -> String {
        if finding.verdict == .matched { return "" }
        guard let object = finding.object else { return finding.verdict.name }
        if dataset.objectKind == .points {
            return "\(finding.verdict.name): at \(dataset.classNames[object.classIndex])"
        }
        let overlap = String(format: "%.2f", finding.overlap)
        return "\(finding.verdict.name): overlap \(overlap) with \(dataset.classNames[object.classIndex])"
    }
}
