import Boxes
import Datasets

/// An image with its candidates, and to which objects they belong.
struct JudgedImage {
    let image: AuditedImage
    let candidates: [Candidate]
    let matching: CandidateMatching
    /// For each candidate the largest overlap with an annotation of another object.
    let crowding: [Double]
    /// Whether each candidate lies in a crowd, where objects have no boxes of their own.
    let isInCrowd: [Bool]

    init(_ image: AuditedImage, usual: UsualObjects, strong: Double) {
        self.image = image
        candidates = Candidate.all(image.detections)
        let boxes = image.objects.map { $0.crowd ? .nowhere : $0.box }
        matching = CandidateMatching(
            boxes: boxes, classes: image.objects.map(\.classIndex), candidates: candidates,
            isStrong: candidates.map { usual.share($0.best.score, of: $0.classIndex) >= strong })
        var owners = [Int?](repeating: nil, count: candidates.count)
        for (object, pair) in matching.pairs.enumerated() { if let pair { owners[pair.candidate] = object } }
        crowding = zip(candidates, owners).map { candidate, owner in
            boxes.enumerated().map { $0 == owner ? 0 : $1.intersectionOverUnion(candidate.box) }.max() ?? 0
        }
        let crowds = image.objects.filter(\.crowd).map(\.box)
        isInCrowd = candidates.map { candidate in
            crowds.contains { candidate.box.intersection($0).area > 0.5 * candidate.box.area }
        }
    }

    /// What a candidate's annotation depends on.
    func situation(of number: Int) -> AnnotationHabit.Situation {
        let candidate = candidates[number]
        return AnnotationHabit.Situation(
            classIndex: candidate.classIndex, score: candidate.best.score, crowding: crowding[number],
            isCut: isCut(candidate.box), side: candidate.box.area.squareRoot())
    }

    /// Candidates with an annotation in their place, and those without any: what the habit is learned from. A box nearby is neither.
    var examples: [(situation: AnnotationHabit.Situation, isAnnotated: Bool)] {
        var overlaps = [Double](repeating: 0, count: candidates.count)
        for pair in matching.pairs { if let pair { overlaps[pair.candidate] = pair.overlap } }
        return candidates.indices.compactMap { number in
            let isHit = overlaps[number] >= CandidateMatching.same
            if isInCrowd[number] || (matching.isTaken[number] && !isHit) { return nil }
            if !isHit && crowding[number] > CandidateMatching.same { return nil }
            return (situation(of: number), isHit)
        }
    }

    /// Whether a box reaches the image's edge, up to a hundredth of its longer side.
    private func isCut(_ box: Box<ImagePixels>) -> Bool {
        guard let width = image.width, let height = image.height else { return false }
        let margin = 0.01 * Double(max(width, height))
        return min(box.xMin, box.yMin, Double(width) - box.xMax, Double(height) - box.yMax) < margin
    }
}

/// What is usual for the objects of each class, in this data set and for this network.
struct UsualObjects {
    /// The median score with which annotated objects are detected.
    let scores: [Double]
    /// The median root of the area of the annotations, in pixels.
    let sides: [Double]

    /// A class that is never detected does not make the weakest trace of it usual.
    private static let leastScore = 0.05

    init(_ images: [AuditedImage], classCount: Int) {
        var (scores, sides) = (
            [[Double]](repeating: [], count: classCount), [[Double]](repeating: [], count: classCount)
        )
        for image in images {
            for object in image.objects where !object.crowd {
                let found = image.detections.filter {
                    $0.classIndex == object.classIndex
                        && $0.box.intersectionOverUnion(object.box) >= CandidateMatching.same
                }
                scores[object.classIndex].append(found.map(\.score).max() ?? 0)
                sides[object.classIndex].append(object.box.area.squareRoot())
            }
        }
        self.scores = scores.map { min(max(Self.median($0) ?? 0.5, Self.leastScore), 1) }
        self.sides = sides.map { Self.median($0) ?? 0 }
    }

    /// Returns a score as a part of what is usual for a class, at most 1.
    func share(_ score: Double, of classIndex: Int) -> Double { min(1, score / scores[classIndex]) }

    private static func median(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.sorted()[values.count / 2]
    }
}

extension Box where Space == ImagePixels {
    /// A box that overlaps none.
    fileprivate static var nowhere: Box { Box(xMin: 0, yMin: 0, xMax: 0, yMax: 0) }
}
