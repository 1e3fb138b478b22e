import Boxes
import Datasets
import DetectionHeads
import Evaluation
import HeatmapTargets
import PeakDecoding
import Synchronization
import Tensors

/// The average precision of the annotations themselves, rendered as training targets and decoded again: no network with this input
/// size can do better on these annotations.
public struct AchievablePrecision: Sendable {
    /// COCO's average precision, over all overlap thresholds and at 0.5; of points, both are their average precision within the default
    /// distance. -1 without objects.
    public var AP, AP50: Double
    /// The average precision at 0.5 for each class.
    public var perClassAP50: [Double]
    /// The number of objects that are not detected again.
    public var lostObjects: Int

    /// The number of images used: all, or an even selection of very many.
    public var imageCount: Int

    /// The maximum number of images: precise enough, and takes a few seconds.
    private static let maximumImageCount = 4000
    /// Images with more classes are left out.
    private static let maximumClassCount = 1000

    package init(
        _ samples: [Sample], inputSize: InputExtent, classNames: [String], kind: ObjectKind = .boxes
    ) {
        // Maps of thousands of classes take gigabytes.
        let bounded = samples.filter { Set($0.objects.map(\.classIndex)).count <= Self.maximumClassCount }
        let step = max(1, (bounded.count + Self.maximumImageCount - 1) / Self.maximumImageCount)
        let samples = stride(from: 0, to: bounded.count, by: step).map { bounded[$0] }
        imageCount = samples.count
        let decoded = Mutex([[ScoredBox]](repeating: [], count: samples.count))
        Parallel.forEach(samples.count) { index, _ in
            let boxes = Self.decode(samples[index], image: index, inputSize: inputSize, kind: kind)
            decoded.withLock { $0[index] = boxes }
        }
        let detections = decoded.withLock { $0 }
        let groundTruth = samples.enumerated().map { index, sample in
            sample.objects.map {
                GroundTruthBox(
                    image: index, classIndex: $0.classIndex, box: $0.box, difficult: $0.difficult, crowd: $0.crowd)
            }
        }
        if kind == .points {
            let sizes = samples.map { (width: Double($0.width ?? 0), height: Double($0.height ?? 0)) }
            let report = pointReport(
                groundTruth: groundTruth.flatMap { $0 }, detections: detections.flatMap { $0 },
                classCount: classNames.count,
                imageSizes: Dictionary(uniqueKeysWithValues: sizes.enumerated().map { ($0, $1) }),
                options: PointOptions(minimumScore: 0))
            (AP, AP50, perClassAP50) = (report.all.AP, report.all.AP, report.classes.map(\.AP))
            lostObjects = report.all.missed
            return
        }
        let report = averagePrecision(
            groundTruth: groundTruth.flatMap { $0 }, detections: detections.flatMap { $0 },
            classCount: classNames.count,
            imageCount: samples.count)
        (AP, AP50, perClassAP50) = (report.AP, report.AP50, report.perClassAP50)
        lostObjects = zip(groundTruth, detections).reduce(0) { $0 + Self.lost($1.0, $1.1) }
    }

    /// Returns the boxes that a network with perfect outputs would detect in an image.
    private static func decode(
        _ sample: Sample, image: Int, inputSize: InputExtent, kind: ObjectKind
    ) -> [ScoredBox] {
        guard !sample.objects.isEmpty, let cells = sample.cells(inputSize: inputSize), let back = cells.inverse
        else { return [] }
        // Classes that are not in the image need no map.
        let classes = Set(sample.objects.map(\.classIndex)).sorted()
        let channels = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
        let (rows, columns) = (inputSize.rows / outputStride, inputSize.columns / outputStride)
        let objects = sample.objects.map {
            TargetObject(
                classIndex: channels[$0.classIndex] ?? 0, box: cells($0.box), kind: $0.kind, isIgnored: $0.isIgnored)
        }
        let targets = DetectionTargets.render(
            objects, classCount: classes.count, objectKind: kind, rows: rows, columns: columns)
        var (size, offset) = (Tensor([1, 2, rows, columns]), Tensor([1, 2, rows, columns]))
        // Where centres share a cell, the last one sets offset and size: a head with one output per cell must choose, too.
        for center in targets.centers {
            size[0, 0, center.row, center.column] = center.width
            size[0, 1, center.row, center.column] = center.height
            offset[0, 0, center.row, center.column] = center.offsetX
            offset[0, 1, center.row, center.column] = center.offsetY
        }
        let heatmap = targets.heatmap.withElements { Tensor([1] + targets.heatmap.shape, elements: $0) }
        let decoder = PeakDecoder(maximumDetections: maximumDetections(of: kind))
        return decoder.decode(probabilities: heatmap, size: kind == .points ? nil : size, offset: offset).map {
            ScoredBox(
                image: image, classIndex: classes[$0.classIndex], box: back($0.box), kind: kind, score: Double($0.score)
            )
        }
    }

    /// The number of detections per image that evaluation has unless told otherwise.
    static func maximumDetections(of kind: ObjectKind) -> Int { kind == .points ? 1000 : 100 }

    /// Counts the objects that no detection of their class matches with an overlap of at least 0.5; each detection matches one object.
    private static func lost(_ groundTruth: [GroundTruthBox], _ detections: [ScoredBox]) -> Int {
        var free = detections
        return groundTruth.filter { object in
            if object.crowd { return false }
            let candidates = free.indices.filter { free[$0].classIndex == object.classIndex }
            let best = candidates.max {
                free[$0].box.intersectionOverUnion(object.box) < free[$1].box.intersectionOverUnion(object.box)
            }
            guard let best, free[best].box.intersectionOverUnion(object.box) >= 0.5 else { return true }
            free.remove(at: best)
            return false
        }.count
    }
}
