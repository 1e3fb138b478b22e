import Boxes
import Datasets
import Evaluation
import Foundation
import Images
import Networks
import PeakDecoding

/// The results of evaluating a model on a data set.
public struct EvaluationResult: Sendable {
    /// Average precision over the images that could be read.
    public let report: AveragePrecisionReport
    /// All detections; ``ScoredBox/image`` is the position in the data set's samples.
    public let detections: [ScoredBox]
    /// Images that could not be read, with reasons; they are left out of the evaluation.
    public let unreadable: [UnreadableImage]
    /// The number of evaluated images.
    public let imageCount: Int
}

/// An image that could not be read.
public struct UnreadableImage: Hashable, Sendable {
    /// The image's file.
    public let file: URL
    /// The reason, as a sentence.
    public let reason: String

    /// Creates a description of an unreadable image.
    public init(file: URL, reason: String) {
        self.file = file
        self.reason = reason
    }
}

/// Runs a model on every image of a data set and scores its detections.
///
/// - Parameters:
///   - keypointSigmas: The standard deviation of each keypoint's annotations; nil for COCO's values, see ``KeypointSimilarity``.
///   - points: How points are compared, where objects are points.
///   - progress: Called after each batch with the number of finished images; an error that it throws stops the evaluation.
/// - Throws: Errors of the network; unreadable images are skipped and counted.
public func evaluate(
    predictor: Predictor, dataset: DetectionDataset, keypointSigmas: [Double]? = nil,
    points: PointOptions = PointOptions(), progress: (_ finished: Int, _ count: Int) throws -> Void = { _, _ in }
) throws -> EvaluationResult {
    try evaluate(
        predictor: predictor, dataset: dataset, keypointSigmas: keypointSigmas, points: points, maps: nil,
        progress: progress)
}

/// Does the same, and hands out what the network returned, so that something else can be measured without another forward pass.
///
/// - Parameter maps: Called for each readable image in order, on the calling thread, with its position in the data set's samples.
package func evaluate(
    predictor: Predictor, dataset: DetectionDataset, keypointSigmas: [Double]? = nil,
    points: PointOptions = PointOptions(), maps: ((_ index: Int, _ maps: NetworkMaps) -> Void)?,
    progress: (_ finished: Int, _ count: Int) throws -> Void = { _, _ in }
) throws -> EvaluationResult {
    var detections: [ScoredBox] = []
    var unreadable: [UnreadableImage] = []
    var readable: Set<Int> = []
    let files = dataset.samples.map(\.imageURL)
    let keepsMaps = maps != nil
    try ImageRun(predictor: predictor, files: files, usesBatches: true, keepsImages: false).runWithMaps {
        index, _, prediction, raw in
        let found = prediction.detections.map { $0.scored(image: index) }
        return ImageProduct(value: (found: found, maps: keepsMaps ? NetworkMaps(raw, prediction) : nil))
    } collect: { index, result in
        do {
            let result = try result.get()
            detections += result.found
            readable.insert(index)
            if let found = result.maps { maps?(index, found) }
        } catch let error as ImageError {
            unreadable.append(UnreadableImage(file: files[index], reason: error.description))
        }
        let finished = index + 1
        if finished % predictor.options.batchSize == 0 || finished == files.count {
            try progress(finished, files.count)
        }
    }
    let report = dataset.report(on: detections, images: readable, keypointSigmas: keypointSigmas, points: points)
    return EvaluationResult(
        report: report, detections: detections, unreadable: unreadable, imageCount: readable.count)
}

extension DetectionDataset {
    /// All annotated objects, in the form that evaluation uses.
    public var groundTruth: [GroundTruthBox] {
        samples.enumerated().flatMap { index, sample in
            sample.objects.map {
                GroundTruthBox(
                    image: index, classIndex: $0.classIndex, box: $0.box, difficult: $0.difficult, crowd: $0.crowd,
                    area: $0.area, keypoints: $0.keypoints)
            }
        }
    }

    /// Scores detections of this data set's images: boxes, and keypoints if both the data set and the detections have them. Detections with
    /// equal scores are sorted by image id, whatever the order of images in the data set, as in COCO's tools.
    ///
    /// - Parameters:
    ///   - images: The positions of the images to evaluate; nil for all.
    ///   - keypointSigmas: The standard deviation of each keypoint's annotations; nil for COCO's values.
    ///   - points: How points are compared, where objects are points.
    public func report(
        on detections: [ScoredBox], images: Set<Int>? = nil, keypointSigmas: [Double]? = nil,
        points: PointOptions = PointOptions()
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
        if objectKind == .points {
            return AveragePrecisionReport(
                pointReport(
                    groundTruth: annotations, detections: detections, classCount: classNames.count,
                    imageSizes: imageSizes(of: images, ranks: ranks), options: points))
        }
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

    /// The sizes of images, by their ranks.
    private func imageSizes(of images: Set<Int>?, ranks: [Int]) -> [Int: (width: Double, height: Double)] {
        let counted = samples.indices.filter { images?.contains($0) ?? true }
        return Dictionary(
            uniqueKeysWithValues: counted.map {
                (ranks[$0], (width: Double(samples[$0].width ?? 0), height: Double(samples[$0].height ?? 0)))
            })
    }

    /// The rank of each sample when sorted by identity.
    private var ranksByIdentity: [Int] {
        let sorted = samples.indices.sorted { (samples[$0].identity, $0) < (samples[$1].identity, $1) }
        var ranks = sorted
        for (rank, index) in sorted.enumerated() { ranks[index] = rank }
        return ranks
    }
}

extension Detection where Space == ImagePixels {
    /// Converts the detection to the form that evaluation uses, for the image at position `image`.
    public func scored(image: Int) -> ScoredBox {
        ScoredBox(
            image: image, classIndex: classIndex, box: box, kind: kind, score: Double(score), keypoints: keypoints)
    }
}
