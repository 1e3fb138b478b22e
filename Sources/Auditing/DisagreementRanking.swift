import Boxes
import Datasets
import Evaluation
import Foundation

/// All annotated objects and all objects that seem to be missing, those first about which the network disagrees most with the annotations.
///
/// Every score is minus the logarithm of a probability, so that all kinds stand in one list. Two facts speak against an annotation, and add
/// up: that the network does not detect its object in its place (`doubt`), and that it detects one that nothing explains (`surprise`).
///
/// - missing: the surprise of a candidate without annotation, `-log(1 - p)`, where p is how probably such an object is annotated
///   (``AnnotationHabit``).
/// - spurious: the doubt about an annotation without candidate, `-0.8 log(u)`, where u is the evidence of its class near its centre,
///   compared with what is usual for the class.
/// - misplaced: the doubt about an annotation whose candidate overlaps it little, and the surprise of that candidate.
/// - misnamed: the doubt about an annotation whose candidate is of another class, where u is the score of its own class, and the surprise.
///
/// Crowds are not judged, nor are detections inside them.
package struct DisagreementRanking: Sendable {
    /// The suspects, the strongest disagreement first.
    package let suspects: [Suspect]

    /// Doubt counts a little less than surprise: networks overlook objects more often than they make them up.
    private static let doubtWeight = 0.8
    /// The lowest u: no single fact outweighs everything else.
    private static let leastEvidence = 0.01
    /// Boxes agree fully from the second overlap on, and not at all up to the first.
    private static let agreement = 0.3...0.6
    /// A candidate is strong from this part of its class's usual score on.
    private static let strong = 0.35
    /// Evidence without a detected box counts less.
    private static let peakWeight = 0.3
    /// Objects are proposed as missing if at least so many of their like are annotated.
    private static let leastHabit = 0.25

    /// Ranks the objects of all images.
    package init(_ images: [AuditedImage], classCount: Int) {
        let usual = UsualObjects(images, classCount: classCount)
        let judged = images.map { JudgedImage($0, usual: usual, strong: Self.strong) }
        let habit = AnnotationHabit(
            judged.flatMap(\.examples), usualScores: usual.scores, usualSides: usual.sides)
        var suspects: [Suspect] = []
        for (number, image) in judged.enumerated() {
            suspects += image.image.objects.indices.filter { !image.image.objects[$0].crowd }.map {
                Self.suspect(image, object: $0, number: number, usual: usual, habit: habit)
            }
            suspects += image.candidates.indices.compactMap {
                Self.missing(image, candidate: $0, number: number, habit: habit)
            }
        }
        self.suspects = suspects.sorted(by: Self.isBefore)
    }

    private static func isBefore(_ a: Suspect, _ b: Suspect) -> Bool {
        (-a.score, a.image, a.object ?? .max, a.suggestion?.box.xMin ?? 0, a.suggestion?.box.yMin ?? 0)
            < (-b.score, b.image, b.object ?? .max, b.suggestion?.box.xMin ?? 0, b.suggestion?.box.yMin ?? 0)
    }

    private static func suspect(
        _ image: JudgedImage, object number: Int, number imageNumber: Int, usual: UsualObjects, habit: AnnotationHabit
    ) -> Suspect {
        let object = image.image.objects[number]
        guard let pair = image.matching.pairs[number] else {
            let evidence = usual.share(image.image.evidence[number], of: object.classIndex) * peakWeight
            return Suspect(
                kind: .spurious, image: imageNumber, object: number, suggestion: nil, score: doubt(evidence))
        }
        let candidate = image.candidates[pair.candidate]
        let agreement = ramp(pair.overlap)
        let own = usual.share(candidate.scores[object.classIndex] ?? 0, of: object.classIndex)
        let surprise = surprise(habit.probability(image.situation(of: pair.candidate)))
        let isOther = candidate.classIndex != object.classIndex
        let score = doubt(own * agreement) + surprise * (isOther ? agreement : 1 - agreement)
        return Suspect(
            kind: isOther ? .misnamed : agreement < 1 ? .misplaced : .spurious, image: imageNumber, object: number,
            suggestion: suggestion(candidate), score: score)
    }

    private static func missing(
        _ image: JudgedImage, candidate number: Int, number imageNumber: Int, habit: AnnotationHabit
    ) -> Suspect? {
        guard !image.matching.isTaken[number], !image.isInCrowd[number] else { return nil }
        // A second detection of an annotated object is none of another.
        let isApart = 1 - min(1, max(0, (image.crowding[number] - 0.4) / 0.2))
        let probability = habit.probability(image.situation(of: number)) * isApart
        guard probability >= leastHabit else { return nil }
        return Suspect(
            kind: .missing, image: imageNumber, object: nil, suggestion: suggestion(image.candidates[number]),
            score: surprise(probability))
    }

    private static func suggestion(_ candidate: Candidate) -> Suspect.Suggestion {
        Suspect.Suggestion(classIndex: candidate.classIndex, box: candidate.box, score: candidate.best.score)
    }

    /// The disagreement of a detection that has no annotation, though such objects have one with this probability.
    private static func surprise(_ probability: Double) -> Double { -log(1 - min(probability, 0.99)) }

    /// The disagreement of an annotation for which there is so much of the usual evidence.
    private static func doubt(_ evidence: Double) -> Double { -doubtWeight * log(min(1, max(evidence, leastEvidence))) }

    private static func ramp(_ overlap: Double) -> Double {
        min(1, max(0, (overlap - agreement.lowerBound) / (agreement.upperBound - agreement.lowerBound)))
    }
}
