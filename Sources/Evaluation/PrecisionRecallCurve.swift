/// The precision-recall curve of one class at an IoU above 0.5: one point per counted detection, by descending score.
public struct PrecisionRecallCurve: Hashable, Sendable {
    /// The fraction of the objects found with this score or a higher one.
    public var recall: [Double]
    /// The fraction of correct detections among those with this score or a higher one.
    public var precision: [Double]
    /// The scores, in descending order.
    public var score: [Double]
    /// The number of objects to find, without difficult ones and crowds.
    public var objectCount: Int

    /// The score threshold with the highest F1, with its precision and recall; nil when no object is found.
    public var best: (score: Double, precision: Double, recall: Double)? {
        func balance(_ i: Int) -> Double { 2 * precision[i] * recall[i] / (precision[i] + recall[i]) }
        // A threshold includes all detections of the same score, so only the last of them can be the threshold.
        let stops = score.indices.filter { recall[$0] > 0 && ($0 + 1 == score.count || score[$0 + 1] < score[$0]) }
        return stops.max { balance($0) < balance($1) }.map { (score[$0], precision[$0], recall[$0]) }
    }

    /// VOC 2007's average precision: the mean, over the recall values 0, 0.1, …, 1, of the best precision at that recall or higher; -1 when
    /// there are no objects.
    ///
    /// The recall values are multiples of 0.1 in double precision, as in other implementations of this metric: 3 objects of 5 are slightly
    /// less than 6 * 0.1.
    public var elevenPointAverage: Double {
        guard objectCount > 0 else { return -1 }
        let envelope = precision.envelope
        var sum = 0.0
        for point in 0...10 {
            guard let first = recall.firstIndex(where: { $0 >= Double(point) * 0.1 }) else { break }
            sum += envelope[first]
        }
        return sum / 11
    }

    /// VOC 2010's average precision: the area under the curve after making precision monotonically decreasing; -1 when there are no
    /// objects.
    public var area: Double {
        guard objectCount > 0 else { return -1 }
        var (sum, last) = (0.0, 0.0)
        for (recall, precision) in zip(recall, precision.envelope) {
            sum += (recall - last) * precision
            last = recall
        }
        return sum
    }
}

extension [Double] {
    /// The maximum of each element and all that follow.
    var envelope: [Double] {
        var result = self
        for i in result.indices.dropLast().reversed() { result[i] = Swift.max(result[i], result[i + 1]) }
        return result
    }
}

extension PrecisionRecallCurve {
    /// Creates a curve by VOC's matching: by descending score, a detection is matched to the object that it overlaps most, if the IoU is
    /// above 0.5. An object can be matched once, and detections of difficult objects and crowds are not counted.
    init(_ boxes: ClassBoxes) {
        enum Verdict { case right, wrong, notCounted }
        let order = boxes.detections.indices.sorted { left, right in
            let (a, b) = (boxes.detections[left].score, boxes.detections[right].score)
            return a != b ? a > b : boxes.givenOrder[left] < boxes.givenOrder[right]
        }
        var target = [Int?](repeating: nil, count: boxes.detections.count)
        for image in boxes.images where !image.groundTruths.isEmpty {
            for (row, detection) in image.detections.enumerated() {
                let first = image.firstOverlap + row * image.groundTruths.count
                var best = 0.5
                for (column, groundTruth) in image.groundTruths.enumerated() where boxes.overlaps[first + column] > best
                {
                    best = boxes.overlaps[first + column]
                    target[detection] = groundTruth
                }
            }
        }
        var isTaken = [Bool](repeating: false, count: boxes.groundTruths.count)
        func verdict(_ detection: Int) -> Verdict {
            guard let groundTruth = target[detection] else { return .wrong }
            if boxes.groundTruths[groundTruth].difficult || boxes.groundTruths[groundTruth].crowd { return .notCounted }
            defer { isTaken[groundTruth] = true }
            return isTaken[groundTruth] ? .wrong : .right
        }
        objectCount = boxes.groundTruths.count { !$0.difficult && !$0.crowd }
        (recall, precision, score) = ([], [], [])
        var (right, counted) = (0, 0)
        for detection in order {
            switch verdict(detection) {
            case .notCounted: continue
            case .right: right += 1
            case .wrong: break
            }
            counted += 1
            recall.append(objectCount > 0 ? Double(right) / Double(objectCount) : 0)
            precision.append(Double(right) / Double(counted))
            score.append(boxes.detections[detection].score)
        }
    }
}
