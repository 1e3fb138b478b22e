import DetectionHeads
import Tensors

/// The loss of a batch and its gradient.
public struct LossResult: Sendable {
    /// The batch's terms.
    public var terms: LossTerms
    /// What each image adds to them: the terms of all images sum to the batch's.
    public var perImage: [LossTerms]
    /// The gradient of the total with respect to each output, by the output's name and in its shape.
    public var gradients: [String: Tensor]
    /// How many elements of the target heatmaps are exactly 1.
    public var peakCount: Int
    /// How many of those got a probability at or below the clamp.
    public var missedPeakCount: Int
    /// How many objects the batch has.
    public var objectCount: Int
    /// The size loss of a head that answers 0 everywhere: with the published loss, the mean of the objects' widths and heights in output
    /// cells. 0 when there are none.
    public var sizeLossOfZero: Double

    /// What is minimized.
    public var total: Double { terms.total }

    /// The loss of a head, before its weight.
    public subscript(head: DetectionHead) -> Double { terms[head] }

    /// Whether every term is finite.
    public var isFinite: Bool { terms.total.isFinite && terms.nonFiniteTerms.isEmpty }
    /// The positions in the batch of the images that made a term NaN or infinite.
    public var nonFiniteImages: [Int] { perImage.indices.filter { !perImage[$0].nonFiniteTerms.isEmpty } }

    /// The results of two batches of one step, whose losses were divided by the normalizers of both; without gradients, which are added
    /// up where the network keeps them.
    public func adding(_ other: LossResult) -> LossResult {
        var sum = self
        sum.terms += other.terms
        sum.perImage += other.perImage
        sum.gradients = [:]
        sum.peakCount += other.peakCount
        sum.missedPeakCount += other.missedPeakCount
        sum.objectCount += other.objectCount
        let zeros = sizeLossOfZero * Double(objectCount) + other.sizeLossOfZero * Double(other.objectCount)
        sum.sizeLossOfZero = sum.objectCount == 0 ? 0 : zeros / Double(sum.objectCount)
        return sum
    }
}
