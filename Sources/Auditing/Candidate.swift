import Boxes
import Evaluation

/// A place where the network detects an object: detections of several classes with nearly the same box are one.
struct Candidate {
    /// The detection with the highest score.
    let best: ScoredBox
    /// The score of each class that is detected here.
    private(set) var scores: [Int: Double]

    var box: Box<ImagePixels> { best.box }
    var classIndex: Int { best.classIndex }

    /// Detections that overlap a better one by more than this are of the same object.
    private static let sameObject = 0.5

    /// Returns the candidates of an image, by descending score.
    static func all(_ detections: [ScoredBox]) -> [Candidate] {
        var candidates: [Candidate] = []
        // The order of equal scores does not depend on how they were found.
        for detection in detections.sorted(by: isBefore) {
            let same = candidates.firstIndex { $0.box.intersectionOverUnion(detection.box) > sameObject }
            if let same {
                let known = candidates[same].scores[detection.classIndex] ?? 0
                candidates[same].scores[detection.classIndex] = max(known, detection.score)
            } else {
                candidates.append(Candidate(best: detection, scores: [detection.classIndex: detection.score]))
            }
        }
        return candidates
    }

    private static func isBefore(_ a: ScoredBox, _ b: ScoredBox) -> Bool {
        (-a.score, a.classIndex, a.box.xMin, a.box.yMin) < (-b.score, b.classIndex, b.box.xMin, b.box.yMin)
    }
}
