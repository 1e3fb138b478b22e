/// The overlaps and sizes that COCO's numbers are averaged over.
enum COCO {
    /// 0.5, 0.55, …, 0.95: an overlap may be equal to one of them.
    static let overlaps = evenly(from: 0.5, to: 0.95, count: 10)
    /// 0, 0.01, …, 1.
    static let recalls = evenly(from: 0, to: 1, count: 101)
    /// The most detections an image and class may have.
    static let limits = [1, 10, 100]

    /// Evenly spaced numbers, to the bit as NumPy's `linspace` makes them.
    private static func evenly(from first: Double, to last: Double, count: Int) -> [Double] {
        let step: Double = (last - first) / Double(count - 1)
        return (0..<count - 1).map { Double($0) * step + first } + [last]
    }

    /// A range of areas in square pixels; both ends are in it.
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
    /// What became of a detection at one overlap.
    enum Verdict: UInt8 { case right, wrong, ignored }

    /// How many objects there are to find.
    private(set) var objectCount = 0
    /// A row an overlap, a column a detection.
    private(set) var verdicts: [Verdict]

    /// - Parameter isIgnored: Whether an object is neither to be found nor to be missed, whatever its size.
    init(_ boxes: ClassBoxes, size: COCO.Size, isIgnored: (GroundTruthBox) -> Bool = \.crowd) {
        let detectionCount = boxes.detections.count
        verdicts = [Verdict](repeating: .ignored, count: COCO.overlaps.count * detectionCount)
        let ignores = boxes.groundTruths.map { isIgnored($0) || !size.contains($0.area ?? $0.box.area) }
        let isOutside = boxes.detections.map { !size.contains($0.box.area) }
        for image in boxes.images {
            // Objects that count come first, so that one of them is preferred to one that does not.
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
