import Boxes
import Datasets
import Evaluation
import Foundation
import Images
import Networks
import PeakDecoding

/// How well a model does on a data set.
public struct EvaluationResult: Sendable {
    /// Average precision over the pictures that could be read.
    public let report: AveragePrecisionReport
    /// Everything that was detected; ``ScoredBox/image`` is the position in the data set's samples.
    public let detections: [ScoredBox]
    /// Pictures that could not be read, with the reason; they count neither for nor against the model.
    public let unreadable: [UnreadablePicture]
    /// How many pictures were looked at.
    public let imageCount: Int
}

/// A picture that could not be read.
public struct UnreadablePicture: Hashable, Sendable {
    /// Its file.
    public let file: URL
    /// Why, as a sentence.
    public let reason: String

    /// A picture and what is wrong with it.
    public init(file: URL, reason: String) {
        self.file = file
        self.reason = reason
    }
}

/// Runs a model over every picture of a data set and scores it.
///
/// - Parameters:
///   - jointSigmas: How widely each kind of joint is annotated; nil for what COCO says, see ``JointSimilarity``.
///   - progress: Called after each batch with the number of pictures that are done; what it throws ends the
///     evaluation.
/// - Throws: What the network throws; a picture that cannot be read is skipped and counted.
public func evaluate(
    predictor: Predictor, dataset: DetectionDataset, jointSigmas: [Double]? = nil,
    progress: (_ finished: Int, _ count: Int) throws -> Void = { _, _ in }
) throws -> EvaluationResult {
    var detections: [ScoredBox] = []
    var unreadable: [UnreadablePicture] = []
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
            unreadable.append(UnreadablePicture(file: files[index], reason: error.description))
        }
        let finished = index + 1
        if finished % predictor.options.batchSize == 0 || finished == files.count {
            try progress(finished, files.count)
        }
    }
    let report = dataset.report(on: detections, images: readable, jointSigmas: jointSigmas)
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
                    area: $0.area, joints: $0.joints)
            }
        }
    }

    /// Scores detections of this data set's pictures: boxes, and joints where both sides have them. Where scores are equal,
    /// pictures come in the order of their identities, whatever order the data set lists them in, as in COCO's tools.
    ///
    /// - Parameters:
    ///   - images: The positions of the pictures that count; nil for all.
    ///   - jointSigmas: How widely each kind of joint is annotated; nil for what COCO says.
    public func report(
        on detections: [ScoredBox], images: Set<Int>? = nil, jointSigmas: [Double]? = nil
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
        let (truth, detections) = (ranked(counted, \.image), ranked(detections, \.image))
        var report = averagePrecision(
            groundTruth: truth, detections: detections, classCount: classNames.count, imageCount: samples.count)
        if let skeleton {
            report.pose = poseAveragePrecision(
                groundTruth: truth, detections: detections,
                similarity: jointSigmas.map(JointSimilarity.init(sigmas:)) ?? JointSimilarity(of: skeleton),
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
    /// The detection as evaluation takes it, for the picture at position `image`.
    public func scored(image: Int) -> ScoredBox {
        ScoredBox(image: image, classIndex: classIndex, box: box, score: Double(score), joints: joints)
    }
}
