import Tensors

/// The terms of the loss, each before its weight, and their weighted sum.
public struct LossTerms: Hashable, Sendable {
    /// The focal loss of the heatmap.
    public var heatmap: Double
    /// The L1 loss of the size, in output cells.
    public var size: Double
    /// The L1 loss of the offset, in output cells.
    public var offset: Double
    /// The L1 loss of the keypoints' displacements, in output cells; 0 without keypoints, as the next two.
    public var keypointDisplacement = 0.0
    /// The focal loss of the keypoints.
    public var keypointHeatmap = 0.0
    /// The L1 loss of the keypoints' offsets, in output cells.
    public var keypointOffset = 0.0
    /// What is minimized.
    public var total: Double

    /// The terms and the total that the weights make of them.
    public init(heatmap: Double, size: Double, offset: Double, weights: LossWeights = LossWeights()) {
        self.heatmap = heatmap
        self.size = size
        self.offset = offset
        total = weights.heatmap * heatmap + weights.size * size + weights.offset * offset
    }

    /// Names of the terms that are NaN or infinite.
    public var nonFiniteTerms: [String] {
        let terms = [("heatmap", heatmap), ("size", size), ("offset", offset)] + keypointTerms
        return terms.filter { !$0.1.isFinite }.map(\.0)
    }

    /// The terms of the keypoints by name.
    public var keypointTerms: [(name: String, value: Double)] {
        [
            ("keypointDisplacement", keypointDisplacement), ("keypointHeatmap", keypointHeatmap),
            ("keypointOffset", keypointOffset),
        ]
    }
}

/// The gradient of the total loss by what each head says, in the heads' shapes.
public struct HeadGradients: Sendable {
    /// `[batch, class, row, column]`, by the logits.
    public var heatmapLogits: Tensor
    /// `[batch, 2, row, column]`.
    public var size: Tensor
    /// `[batch, 2, row, column]`.
    public var offset: Tensor
    /// By what the keypoint heads say; nil without.
    public var keypoints: KeypointHeads?
}

/// What the loss says about a batch.
public struct LossResult: Sendable {
    /// The batch's terms.
    public var terms: LossTerms
    /// What each image adds to them: the terms of all images sum to the batch's.
    public var perImage: [LossTerms]
    /// How many elements of the target heatmaps are exactly 1.
    public var peakCount: Int
    /// How many of those got a probability at or below the clamp.
    public var missedPeakCount: Int
    /// How many objects the batch has.
    public var objectCount: Int
    /// The mean of the objects' widths and heights in output cells; 0 when there are none.
    public var meanExtent: Double
    /// The gradient of the total; of several stacks, by what the last one says.
    public var gradients: HeadGradients
    /// The gradients of the total by what the stacks before the last one say.
    public var earlierGradients: [HeadGradients] = []

    /// The focal loss of the heatmap, before its weight.
    public var heatmap: Double { terms.heatmap }
    /// The L1 loss of the size, before its weight.
    public var size: Double { terms.size }
    /// The L1 loss of the offset, before its weight.
    public var offset: Double { terms.offset }
    /// What is minimized.
    public var total: Double { terms.total }

    /// Whether every term is a number.
    public var isFinite: Bool { terms.total.isFinite && terms.nonFiniteTerms.isEmpty }
    /// The positions in the batch of the images that made a term NaN or infinite.
    public var nonFiniteImages: [Int] { perImage.indices.filter { !perImage[$0].nonFiniteTerms.isEmpty } }
}
