import Boxes
import Tensors

/// Measures how faithful the maps of one image are: all measures, one map after the other.
public struct FaithfulnessEvaluator {
    /// `[3, row, column]`, normalized.
    private let input: Tensor
    private let blurred: Tensor
    private let steps: Int
    private let pointingMargin: Double

    /// Creates a judge of maps of one image.
    ///
    /// - Parameters:
    ///   - input: `[3, row, column]`, normalized.
    /// - steps: The number of steps of the deletion and insertion curves.
    ///   - pointingMargin: By how many input pixels a box is widened in the pointing game.
    public init(input: Tensor, steps: Int = 31, pointingMargin: Double = 0) {
        self.input = input
        self.steps = steps
        self.pointingMargin = pointingMargin
        blurred = gaussianBlurred(input, size: 51, sigma: 50)
    }

    /// Scores a map: deletion ends in the mean colour, insertion begins with the image blurred by a Gaussian of 51 x 51 pixels and sigma
    /// 50, and pixels that a map hides get the mean colour.
    ///
    /// - Parameters:
    ///   - map: `[row, column]` of the input, in `0...1`.
    /// - box: The object's box.
    /// - milliseconds: The time that the map took.
    /// - score: The target as a probability.
    /// - Throws: ``FaithfulnessError``; whatever the scorer throws.
    public func scores(
        of map: Tensor, box: Box<InputPixels>, milliseconds: Double, score: Score
    ) throws -> FaithfulnessScores {
        FaithfulnessScores(
            deletion: try deletionCurve(map: map, input: input, steps: steps, score: score),
            insertion: try insertionCurve(map: map, input: input, baseline: blurred, steps: steps, score: score),
            change: try confidenceChange(map: map, input: input, score: score),
            pointing: pointingGame(map: map, box: box, margin: pointingMargin),
            energy: energyInBox(map: map, box: box), milliseconds: milliseconds)
    }
}
