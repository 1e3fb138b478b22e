import Boxes
import Evaluation

/// A reference implementation of COCO's metrics, written directly after pycocotools' `evaluateImg`, `accumulate` and `summarize`, array by
/// array, without shared code or shortcuts.
struct PlainCOCO {
    let thresholds = (0..<10).map { Double($0) * ((0.95 - 0.5) / 9) + 0.5 }
    let recallThresholds = (0...100).map { Double($0) * 0.01 }
    let ranges = [(0.0, 1e10), (0.0, 1024.0), (1024.0, 9216.0), (9216.0, 1e10)]
    let limits = [1, 10, 100]
    /// By class, range, limit: one row per overlap; nil if there are no objects.
    var precision: [[[[[Double]]?]]] = []
    var recall: [[[[Double]?]]] = []

    init(_ groundTruths: [GroundTruthBox], _ detections: [ScoredBox], classCount: Int, imageCount: Int) {
        for classIndex in 0..<classCount {
            var (precisions, recalls) = ([[[[Double]]?]](), [[[Double]?]]())
            for range in ranges {
                var (byLimit, recallByLimit) = ([[[Double]]?](), [[Double]?]())
                for limit in limits {
                    let images = (0..<imageCount).map { image in
                        evaluateImage(
                            groundTruths.filter { $0.image == image && $0.classIndex == classIndex },
                            detections.filter { $0.image == image && $0.classIndex == classIndex }, range, limit)
                    }
                    let result = accumulate(images)
                    byLimit.append(result?.precision)
                    recallByLimit.append(result?.recall)
                }
                precisions.append(byLimit)
                recalls.append(recallByLimit)
            }
            precision.append(precisions)
            recall.append(recalls)
        }
    }

    private struct ImageResult {
        var scores: [Double]
        var matched, ignored: [[Bool]]
        var groundTruthIgnored: [Bool]
    }

    private func evaluateImage(
        _ groundTruths: [GroundTruthBox], _ detections: [ScoredBox], _ range: (Double, Double), _ limit: Int
    ) -> ImageResult {
        func outside(_ area: Double) -> Bool { area < range.0 || area > range.1 }
        let flags = groundTruths.map { $0.crowd || outside($0.area ?? $0.box.area) }
        let order = groundTruths.indices.filter { !flags[$0] } + groundTruths.indices.filter { flags[$0] }
        let gt = order.map { groundTruths[$0] }
        let gtIgnored = order.map { flags[$0] }
        let dtOrder = detections.indices.sorted {
            detections[$0].score != detections[$1].score ? detections[$0].score > detections[$1].score : $0 < $1
        }
        let dt = dtOrder.prefix(100).map { detections[$0] }
        var matched = thresholds.map { _ in dt.map { _ in false } }
        var ignored = matched
        for (t, threshold) in thresholds.enumerated() {
            var gtMatched = gt.map { _ in false }
            for (d, detection) in dt.enumerated() {
                var best = min(threshold, 1 - 1e-10)
                var m = -1
                for g in gt.indices {
                    if gtMatched[g] && !gt[g].crowd { continue }
                    if m > -1 && !gtIgnored[m] && gtIgnored[g] { break }
                    let shared = detection.box.intersection(gt[g].box).area
                    let union = gt[g].crowd ? detection.box.area : detection.box.area + gt[g].box.area - shared
                    let overlap = shared > 0 ? shared / union : 0
                    if overlap < best { continue }
                    best = overlap
                    m = g
                }
                if m > -1 {
                    matched[t][d] = true
                    ignored[t][d] = gtIgnored[m]
                    gtMatched[m] = true
                } else {
                    ignored[t][d] = outside(detection.box.area)
                }
            }
        }
        let kept = min(limit, dt.count)
        return ImageResult(
            scores: dt.prefix(kept).map(\.score), matched: matched.map { Array($0.prefix(kept)) },
            ignored: ignored.map { Array($0.prefix(kept)) }, groundTruthIgnored: gtIgnored)
    }

    private func accumulate(_ images: [ImageResult]) -> (precision: [[Double]], recall: [Double])? {
        let scores = images.flatMap(\.scores)
        let order = scores.indices.sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
        let count = images.flatMap(\.groundTruthIgnored).filter { !$0 }.count
        if count == 0 { return nil }
        var (precision, recall) = ([[Double]](), [Double]())
        for t in thresholds.indices {
            let matched = images.flatMap { $0.matched[t] }
            let ignored = images.flatMap { $0.ignored[t] }
            var (tp, fp, rc, pr) = (0.0, 0.0, [Double](), [Double]())
            for i in order {
                if matched[i] && !ignored[i] { tp += 1 }
                if !matched[i] && !ignored[i] { fp += 1 }
                rc.append(tp / Double(count))
                pr.append(tp / (fp + tp + .ulpOfOne))
            }
            recall.append(rc.last ?? 0)
            for i in pr.indices.dropFirst().reversed() where pr[i] > pr[i - 1] { pr[i - 1] = pr[i] }
            precision.append(recallThresholds.map { r in rc.firstIndex { $0 >= r }.map { pr[$0] } ?? 0 })
        }
        return (precision, recall)
    }

    private func mean(_ values: [Double]) -> Double {
        values.isEmpty ? -1 : values.reduce(0, +) / Double(values.count)
    }

    /// Returns the AP by range and, when given, at one overlap.
    func averagePrecision(range: Int, overlap: Int? = nil) -> Double {
        mean(
            precision.flatMap { byRange in
                (byRange[range][2] ?? []).enumerated().filter { overlap == nil || $0.offset == overlap }
                    .flatMap(\.element)
            })
    }

    /// Returns the AR by range and limit.
    func averageRecall(range: Int, limit: Int) -> Double { mean(recall.flatMap { $0[range][limit] ?? [] }) }

    /// The metrics, in the order of the report.
    var numbers: [Double] {
        [
            averagePrecision(range: 0), averagePrecision(range: 0, overlap: 0), averagePrecision(range: 0, overlap: 5),
            averagePrecision(range: 1), averagePrecision(range: 2), averagePrecision(range: 3),
            averageRecall(range: 0, limit: 0), averageRecall(range: 0, limit: 1), averageRecall(range: 0, limit: 2),
            averageRecall(range: 1, limit: 2), averageRecall(range: 2, limit: 2), averageRecall(range: 3, limit: 2),
        ]
    }
}
