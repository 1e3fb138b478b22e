/// COCO's metrics of one class: pycocotools' `accumulate`, step by step.
///
/// Every list has one element per IoU threshold, in the order of `COCO.overlaps`, and is empty if there are no objects.
struct COCOClassMeasures {
    /// By size: the mean precision over 101 recall values.
    var precision: [COCO.Size: [Double]] = [:]
    /// By size: the recall with 100 detections per image.
    var recall: [COCO.Size: [Double]] = [:]
    /// By the limits of `COCO.limits`: the recall over all sizes.
    var limitedRecall: [[Double]] = []

    init(_ boxes: ClassBoxes) {
        let ranks = boxes.images.flatMap { image in Array(0..<image.detections.count) }
        let order = boxes.detections.indices.filter { ranks[$0] < 100 }.sorted { left, right in
            let (a, b) = (boxes.detections[left].score, boxes.detections[right].score)
            return a != b ? a > b : left < right
        }
        for size in COCO.Size.allCases {
            let matching = COCOMatching(boxes, size: size)
            precision[size] = []
            recall[size] = []
            if size == .all { limitedRecall = COCO.limits.map { _ in [] } }
            guard matching.objectCount > 0 else { continue }
            for row in COCO.overlaps.indices {
                let verdicts = matching.verdicts[row * boxes.detections.count..<(row + 1) * boxes.detections.count]
                let curve = Curve(
                    order.map { verdicts[verdicts.startIndex + $0] }, objectCount: matching.objectCount)
                precision[size]?.append(curve.meanPrecision)
                recall[size]?.append(curve.recall.last ?? 0)
                guard size == .all else { continue }
                for (index, limit) in COCO.limits.enumerated() {
                    let right = order.count { ranks[$0] < limit && verdicts[verdicts.startIndex + $0] == .right }
                    limitedRecall[index].append(Double(right) / Double(matching.objectCount))
                }
            }
        }
    }

    /// The precision-recall curve at one IoU threshold, without ignored detections.
    struct Curve {
        var recall: [Double] = []
        var precision: [Double] = []

        init(_ verdicts: [COCOMatching.Verdict], objectCount: Int) {
            var (right, wrong) = (0.0, 0.0)
            for verdict in verdicts where verdict != .ignored {
                if verdict == .right { right += 1 } else { wrong += 1 }
                recall.append(right / Double(objectCount))
                precision.append(right / (right + wrong + .ulpOfOne))
            }
        }

        /// The mean, over COCO's recall values, of the best precision at that recall or higher; 0 for recalls that are not reached.
        var meanPrecision: Double {
            let envelope = precision.envelope
            var (place, sum) = (0, 0.0)
            for threshold in COCO.recalls {
                while place < recall.count, recall[place] < threshold { place += 1 }
                guard place < recall.count else { break }
                sum += envelope[place]
            }
            return sum / Double(COCO.recalls.count)
        }
    }
}
