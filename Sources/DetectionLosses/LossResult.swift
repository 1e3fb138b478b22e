import Tensors

/// The terms of the loss, without weights, and their weighted sum.
public struct LossTerms: Hashable, Sendable {
    /// The focal loss of the heatmap.
    public var heatmap: Double
    /// The L1 loss of the size, in output cells.
    public var size: Double
    /// The L1 loss of the offset, in output cells.
    public var offset: Double
    /// The L1 loss of the keypoint displacements, in output cells; like the next two, 0 without keypoints.
    public var keypointDisplacement = 0.0
    /// The focal loss of the keypoint heatmaps.
    public var keypointHeatmap = 0.0
    /// The L1 loss of the keypoint offsets, in output cells.
    public var keypointOffset = 0.0
    /// The weighted sum, which training minimizes.
    public var total: Double

    /// Creates terms and their weighted sum.
    public init(heatmap: Double, size: Double, offset: Double, weights: LossWeights = LossWeights()) {
        self.heatmap = heatmap
        self.size = size
        self.offset = offset
        total = weights.heatmap * heatmap + weights.size * size + weights.offset * offset
    }

    /// The names of the terms that are NaN or infinite.
    public var nonFiniteTerms: [String] {
        let terms = [("heatmap", heatmap), ("size", size), ("offset", offset)] + keypointTerms
        return terms.filter { !$0.1.isFinite }.map(\.0)
    }

    /// The keypoint terms by name.
    public var keypointTerms: [(name: String, value: Double)] {
        [
            ("keypointDisplacement", keypointDisplacement), ("keypointHeatmap", keypointHeatmap),
            ("keypointOffset", keypointOffset),
        ]
    }
}

/// The gradients of the total loss with respect to the heads' outputs.
public struct HeadGradients: Sendable {
    /// `[batch, class, row, column]`, with respect to the logits.
    public var heatmapLogits: Tensor
    /// `[batch, 2, row, column]`.
    public var size: Tensor
    /// `[batch, 2, row, column]`.
    public var offset: Tensor
    /// The gradients of the keypoint heads; nil without keypoints.
    public var keypoints: KeypointHeads?
}

/// The loss of a batch.
public struct LossResult: Sendable {
    /// The batch's terms.
    public var terms: LossTerms
    /// The contribution of each image; the sum over all images is the batch's terms.
    public var perImage: [LossTerms]
    /// The number of target heatmap elements that are exactly 1.
    public var peakCount: Int
    /// The number of those with a predicted probability at or below the clamp.
    public var missedPeakCount: Int
    /// The number of objects in the batch.
    public var objectCount: Int
    /// The mean of the objects' widths and heights in output cells; 0 when there are none.
    public var meanExtent: Double
    /// The gradient of the total; with several stacks, with respect to the last stack's outputs.
    public var gradients: HeadGradients
    /// The gradients of the total with respect to the outputs of the earlier stacks.
    public var earlierGradients: [HeadGradients] = []

    /// The focal loss of the heatmap, before its weight.
    public var heatmap: Double { terms.heatmap }
    /// The L1 loss of the size, before its weight.
    public var size: Double { terms.size }
    /// The L1 loss of the offset, before its weight.
    public var offset: Double { terms.offset }
    /// The weighted sum, which training minimizes.
    public var total: Double { terms.total }

    /// Whether all terms are finite.
    public var isFinite: Bool { terms.total.isFinite && terms.nonFiniteTerms.isEmpty }
    /// The positions in the batch of the images with a NaN or infinite term.
    public var nonFiniteImages: [Int] { perImage.indices.filter { !perImage[$0].nonFiniteTerms.isEmpty } }
}
