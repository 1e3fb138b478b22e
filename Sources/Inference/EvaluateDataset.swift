import Boxes
import Datasets
import Evaluation
import Foundation
import Images
import Networks
import PeakDecoding

/// How well a model does on a data set.
public struct EvaluationResult: Sendable {
    /// Average precision over the images that could be read.
    public let report: AveragePrecisionReport
    /// Everything that was detected; ``ScoredBox/image`` is the position in the data set's samples.
    public let detections: [ScoredBox]
    /// Images that could not be read, with the reason; they count neither for nor against the model.
    public let unreadable: [UnreadableImage]
    /// How many images were looked at.
    public let imageCount: Int
}

/// An image that could not be read.
public struct UnreadableImage: Hashable, Sendable {
    /// Its file.
    public let file: URL
    /// Why, as a sentence.
    public let reason: String

    /// An image and what is wrong with it.
    public init(file: URL, reason: String) {
        self.file = file
        self.reason = reason
    }
}

/// Runs a model over every image of a data set and scores it.
///
/// - Parameters:
///   - keypointSigmas: How widely each kind of keypoint is annotated; nil for what COCO says, see ``KeypointSimilarity``.
///   - progress: Called after each batch with the number of images that are done; what it throws ends the
///     evaluation.
/// - Throws: What the network throws; an image that cannot be read is skipped and counted.
public func evaluate(
    predictor: Predictor, dataset: DetectionDataset, keypointSigmas: [Double]? = nil,
    progress: (_ finished: Int, _ count: Int) throws -> Void = { _, _ in }
) throws -> EvaluationResult {
    var detections: [ScoredBox] = []
    var unreadable: [UnreadableImage] = []
    var readable: Set<Int> = []
    let files = dataset.samples.map(\.imageURL)
    try ImageRun(predictor: predictor, files: files, usesBatches: true, keepsImages: false).run {
        index, _, prediction in
        ImageProduct(value: prediction.detections.map { $0.scored(image: index) })
    } collect: { index, found in
        do {
            detections += try found.get()
            readable.insert(index)
        } catch let error as ImageError {
            unreadable.append(UnreadableImage(file: files[index], reason: error.description))
        }
        let finished = index + 1
        if finished % predictor.options.batchSize == 0 || finished == files.count {
            try progress(finished, files.count)
        }
    }
    let report = dataset.report(on: detections, images: readable, keypointSigmas: keypointSigmas)
    return EvaluationResult(
        report: report, detections: detections, unreadable: unreadable, imageCount: readable.count)
}

extension DetectionDataset {
    /// Every annotated object as evaluation takes it.
    public var groundTruth: [GroundTruthBox] {
        samples.enumerated().flatMap { index, sample in
            sample.objects.map {
                GroundTruthBox(
                    image: index, classIndex: $0.classIndex, box: $0.box, difficult: $0.difficult, crowd: $0.crowd,
                    area: $0.area, keypoints: $0.keypoints)
            }
        }
    }

    /// Scores detections of this data set's images: boxes, and keypoints where both sides have them. Where scores are equal,
    /// images come in the order of their identities, whatever order the data set lists them in, as in COCO's tools.
    ///
    /// - Parameters:
    ///   - images: The positions of the images that count; nil for all.
    ///   - keypointSigmas: How widely each kind of keypoint is annotated; nil for what COCO says.
    public func report(
        on detections: [ScoredBox], images: Set<Int>? = nil, keypointSigmas: [Double]? = nil
    ) -> AveragePrecisionReport {
        let ranks = ranksByIdentity
        func ranked<Item>(_ items: [Item], _ image: WritableKeyPath<Item, Int>) -> [Item] {
            items.map { item in
                var item = item
                item[keyPath: image] = ranks[item[keyPath: image]]
                return item
            }
        }
        let counted = images.map { images in groundTruth.filter { images.contains($0.image) } } ?? groundTruth
        let (annotations, detections) = (ranked(counted, \.image), ranked(detections, \.image))
        var report = averagePrecision(
            groundTruth: annotations, detections: detections, classCount: classNames.count, imageCount: samples.count)
        if let skeleton {
            report.pose = poseAveragePrecision(
                groundTruth: annotations, detections: detections,
                similarity: keypointSigmas.map(KeypointSimilarity.init(sigmas:)) ?? KeypointSimilarity(of: skeleton),
                classCount: classNames.count, imageCount: samples.count)
        }
        return report
    }

    /// The place that each sample has among all, sorted by identity.
    private var ranksByIdentity: [Int] {
        let sorted = samples.indices.sorted { (samples[$0].identity, $0) < (samples[$1].identity, $1) }
        var ranks = sorted
        for (rank, index) in sorted.enumerated() { ranks[index] = rank }
        return ranks
    }
}

extension Detection where Space == ImagePixels {
    /// The detection as evaluation takes it, for the image at position `image`.
    public func scored(image: Int) -> ScoredBox {
        ScoredBox(image: image, classIndex: classIndex, box: box, score: Double(score), keypoints: keypoints)
    }
}
