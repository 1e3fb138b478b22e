import Boxes

/// An annotated object, or an object that annotators seem to have missed, with what is most probably wrong about it.
package struct Suspect: Hashable, Sendable {
    /// What is wrong, if anything.
    package enum Kind: String, CaseIterable, Sendable {
        /// The network detects an object that is not annotated.
        case missing
        /// The network detects no object at the annotated place.
        case spurious
        /// The network detects the object, but its box is elsewhere.
        case misplaced
        /// The network detects the object, but of another class.
        case misnamed
    }

    /// What is most probably wrong.
    package let kind: Kind
    /// The image's position in the list.
    package let image: Int
    /// The object's position in its image; nil for a missing one.
    package let object: Int?
    /// The detection that the annotation should be, in the network's opinion; nil where it sees none.
    package let suggestion: Suggestion?
    /// How strongly the network disagrees with the annotation, from 0: minus the logarithm of the probability of what is annotated.
    package let score: Double

    /// A detection in the place of an annotation.
    package struct Suggestion: Hashable, Sendable {
        /// The detected class.
        package let classIndex: Int
        /// The detected box.
        package let box: Box<ImagePixels>
        /// The detection's score.
        package let score: Double
    }

    /// Returns the suspect with another number for its image.
    package func moved(toImage image: Int) -> Suspect {
        Suspect(kind: kind, image: image, object: object, suggestion: suggestion, score: score)
    }
}
