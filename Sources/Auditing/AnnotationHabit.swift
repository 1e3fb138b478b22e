import Boxes
import Foundation

/// How probably annotators give a detected object a box, learned from the data set itself.
///
/// Data sets differ in what they annotate: objects that the image's edge cuts off, small ones, those behind others. A detection
/// without an annotation is a fault where such detections have one elsewhere. The habit is fitted by logistic regression to the
/// score, the position, the overlap and the size of all candidates: for each class with enough of them, otherwise for all together.
struct AnnotationHabit {
    /// What the habit depends on.
    struct Situation {
        let classIndex: Int
        let score: Double
        /// The largest overlap with an annotation of another object.
        let crowding: Double
        /// Whether the image's edge seems to cut the object off.
        let isCut: Bool
        /// The root of the area, in pixels.
        let side: Double
    }

    private let usualSides: [Double]
    private let usualScores: [Double]
    private let pooled: LogisticRegression
    private let own: [LogisticRegression?]

    /// A class needs so many candidates with annotations, and without, to have a habit of its own.
    private static let (fewestAnnotated, fewestOthers) = (50, 20)

    /// - Parameters:
    ///   - usualScores: The median score of the annotated objects of each class.
    ///   - usualSides: The median root of the area of each class's annotations, in pixels.
    init(_ examples: [(situation: Situation, isAnnotated: Bool)], usualScores: [Double], usualSides: [Double]) {
        (self.usualScores, self.usualSides) = (usualScores, usualSides)
        let numbers = examples.map {
            (numbers: Self.numbers($0.situation, usualScores, usualSides), isTrue: $0.isAnnotated)
        }
        pooled = LogisticRegression(numbers)
        own = usualScores.indices.map { index in
            let mine = zip(examples, numbers).filter { $0.0.situation.classIndex == index }.map(\.1)
            let annotated = mine.count(where: \.isTrue)
            let isEnough = annotated >= Self.fewestAnnotated && mine.count - annotated >= Self.fewestOthers
            return isEnough ? LogisticRegression(mine) : nil
        }
    }

    /// Returns the probability that an object like this is annotated.
    func probability(_ situation: Situation) -> Double {
        (own[situation.classIndex] ?? pooled).probability(Self.numbers(situation, usualScores, usualSides))
    }

    private static func numbers(_ situation: Situation, _ scores: [Double], _ sides: [Double]) -> [Double] {
        func logit(_ p: Double) -> Double { log(min(max(p, 0.001), 0.999) / (1 - min(max(p, 0.001), 0.999))) }
        let index = situation.classIndex
        let (score, cut) = (logit(situation.score) - logit(scores[index]), situation.isCut ? 1.0 : 0)
        let size = sides[index] > 0 ? log(max(situation.side, 1) / sides[index]) : 0
        return [1, score, cut, cut * score, situation.crowding, min(size, 0), max(size, 0)]
    }
}
