import Boxes
import Datasets
import Evaluation
import Inference
import Inspection
import PeakDecoding

/// An image of a data set, with the annotated objects that are explained in it.
struct ChosenImage {
    /// An annotated object that was found.
    struct Object {
        /// The logit of its peak in the heatmap.
        let target: Target
        /// The annotated box, in image pixels.
        let box: Box<ImagePixels>
    }

    let sample: Sample
    let objects: [Object]

    /// Matches detections to annotated objects of their class (intersection over union above 0.5), and takes the one with the highest
    /// score of each class, then the second of each class, and so on up to a limit, so that rare classes are represented, too.
    init(
        _ sample: Sample, _ detections: [Detection<ImagePixels>], by detector: Detector, threshold: Double, limit: Int
    ) {
        let classNames = detector.classNames
        let groundTruths = sample.objects.map {
            GroundTruthBox(
                image: 0, classIndex: $0.classIndex, box: $0.box, difficult: $0.difficult, crowd: $0.crowd)
        }
        let scored = detections.map { $0.scored(image: 0) }
        let review = SplitReview(
            groundTruth: groundTruths, detections: scored, classCount: classNames.count, imageCount: 1,
            scoreThreshold: threshold)
        var rankInClass: [Int: Int] = [:]
        let found = review.images[0].findings(.matched).enumerated().compactMap {
            place, finding -> (rank: Int, place: Int, object: Object)? in
            guard let object = finding.object, let index = scored.firstIndex(of: finding.detection) else { return nil }
            let rank = rankInClass[finding.detection.classIndex, default: 0]
            rankInClass[finding.detection.classIndex] = rank + 1
            let target = Target.quantity(
                .score, of: detections[index], by: detector.decoder, name: classNames[finding.detection.classIndex],
                imagePixels: (1, 1))
            return target.map { (rank, place, Object(target: $0, box: object.box)) }
        }
        self.sample = sample
        objects = found.sorted { ($0.rank, $0.place) < ($1.rank, $1.place) }.prefix(limit).map(\.object)
    }
}
