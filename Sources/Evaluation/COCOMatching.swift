/// The IoU thresholds and sizes that COCO's metrics are averaged over.
enum COCO {
    /// The IoU thresholds 0.5, 0.55, …, 0.95; an IoU equal to the threshold is a match.
    static let overlaps = evenly(from: 0.5, to: 0.95, count: 10)
    /// The recall values 0, 0.01, …, 1.
    static let recalls = evenly(from: 0, to: 1, count: 101)
    /// The maximum numbers of detections per image and class.
    static let limits = [1, 10, 100]

    /// Returns evenly spaced numbers, bit-identical to NumPy's `linspace`.
    private static func evenly(from first: Double, to last: Double, count: Int) -> [Double] {
        let step: Double = (last - first) / Double(count - 1)
        return (0..<count - 1).map { Double($0) * step + first } + [last]
    }

    /// A range of areas in square pixels, including both ends.
    enum Size: Int, CaseIterable {
        case all, small, medium, large

        func contains(_ area: Double) -> Bool {
            switch self {
            case .all: (0...1e10).contains(area)
            case .small: (0...1024).contains(area)
            case .medium: (1024...9216).contains(area)
            case .large: (9216...1e10).contains(area)
            }
        }
    }
}

/// COCO's matching of one class within one range of sizes: pycocotools' `evaluateImg`, step by step.
struct COCOMatching {
    /// The verdict on a detection at one IoU threshold.
    enum Verdict: UInt8 { case right, wrong, ignored }

    /// The number of objects to find.
    private(set) var objectCount = 0
    /// One row per IoU threshold, one column per detection.
    private(set) var verdicts: [Verdict]

    /// - Parameter isIgnored: Whether an object counts neither when found nor when missed, whatever its size.
    init(_ boxes: ClassBoxes, size: COCO.Size, isIgnored: (GroundTruthBox) -> Bool = \.crowd) {
        let detectionCount = boxes.detections.count
        verdicts = [Verdict](repeating: .ignored, count: COCO.overlaps.count * detectionCount)
        let ignores = boxes.groundTruths.map { isIgnored($0) || !size.contains($0.area ?? $0.box.area) }
        let isOutside = boxes.detections.map { !size.contains($0.box.area) }
        for image in boxes.images {
            // Objects that count come first, so that they are preferred to ignored ones.
            let order = image.groundTruths.filter { !ignores[$0] } + image.groundTruths.filter { ignores[$0] }
            let counted = order.count { !ignores[$0] }
            objectCount += counted
            for (row, threshold) in COCO.overlaps.enumerated() {
                if order.isEmpty {
                    for detection in image.detections where !isOutside[detection] {
                        verdicts[row * detectionCount + detection] = .wrong
                    }
                    continue
                }
                var isTaken = [Bool](repeating: false, count: order.count)
                for (rank, detection) in image.detections.enumerated() {
                    let first = image.firstOverlap + rank * image.groundTruths.count - image.groundTruths.lowerBound
                    var best = min(threshold, 1 - 1e-10)
                    var match: Int?
                    for (place, groundTruth) in order.enumerated() {
                        if isTaken[place], !boxes.groundTruths[groundTruth].crowd { continue }
                        if let match, match < counted, place >= counted { break }
                        guard boxes.overlaps[first + groundTruth] >= best else { continue }
                        best = boxes.overlaps[first + groundTruth]
                        match = place
                    }
                    let verdict: Verdict
                    if let match {
                        isTaken[match] = true
                        verdict = match < counted ? .right : .ignored
                    } else {
                        verdict = isOutside[detection] ? .ignored : .wrong
                    }
                    verdicts[row * detectionCount + detection] = verdict
                }
            }
        }
    }
}
