import HeatmapTargets
import Tensors

/// How much each head's loss counts in the total.
public struct LossWeights: Hashable, Sendable {
    /// The weight of the focal loss.
    public var heatmap: Double
    /// The weight of the L1 loss of the offset.
    public var offset: Double
    /// The weight of the L1 loss of the size.
    public var size: Double
    /// The weight of the L1 loss of the keypoints' displacements from their object's centre.
    public var keypointDisplacement = 1.0
    /// The weight of the focal loss of the keypoints.
    public var keypointHeatmap = 1.0
    /// The weight of the L1 loss of the keypoints' offsets.
    public var keypointOffset = 1.0

    /// CenterNet's weights unless told otherwise.
    public init(heatmap: Double = 1, offset: Double = 1, size: Double = 0.1) {
        self.heatmap = heatmap
        self.offset = offset
        self.size = size
    }
}

/// CenterNet's loss ("Objects as Points", Zhou et al., 2019, equation 4): its value and its gradient with respect to what
/// the heads say, in closed form.
public struct DetectionLoss: Hashable, Sendable {
    /// How much each head counts.
    public var weights: LossWeights
    /// The loss of the heatmap.
    public var focal: FocalLoss

    /// CenterNet's loss unless told otherwise.
    public init(weights: LossWeights = LossWeights(), focal: FocalLoss = FocalLoss()) {
        self.weights = weights
        self.focal = focal
    }

    /// The loss of a batch.
    ///
    /// The focal loss is divided by the number of peaks (by 1 when there are none), the L1 losses by twice the number of
    /// objects, both counted over the whole batch.
    ///
    /// - Parameters:
    ///   - heatmapLogits: `[batch, class, row, column]`, before the sigmoid.
    ///   - size: `[batch, 2, row, column]`: width, then height, in output cells.
    ///   - offset: `[batch, 2, row, column]`: x, then y, of the middle within its cell.
    ///   - keypoints: what the keypoint heads say; nil for a network without. Targets have keypoints where the network has.
    ///   - targets: one an image of the batch.
    public func evaluate(
        heatmapLogits: Tensor, size: Tensor, offset: Tensor, keypoints: KeypointHeads? = nil,
        targets: [DetectionTargets]
    ) -> LossResult {
        checkShapes(heatmapLogits, size, offset, targets)
        checkShapes(keypoints, targets)
        let heatmapLoss = focal.batch(
            logits: heatmapLogits, heatmaps: targets.map(\.heatmap),
            peakCount: targets.reduce(0) { $0 + $1.peakCount }, weight: weights.heatmap)
        let sizeLoss = PlaceRegression(
            map: size,
            places: targets.map { $0.centers.map { .init(row: $0.row, column: $0.column, x: $0.width, y: $0.height) } },
            weight: weights.size)
        let offsetLoss = PlaceRegression(
            map: offset,
            places: targets.map {
                $0.centers.map { .init(row: $0.row, column: $0.column, x: $0.offsetX, y: $0.offsetY) }
            }, weight: weights.offset)
        var perImage = targets.indices.map {
            LossTerms(
                heatmap: heatmapLoss.perImage[$0], size: sizeLoss.perImage[$0], offset: offsetLoss.perImage[$0],
                weights: weights)
        }
        var terms = LossTerms(
            heatmap: heatmapLoss.perImage.reduce(0, +), size: sizeLoss.perImage.reduce(0, +),
            offset: offsetLoss.perImage.reduce(0, +), weights: weights)
        let keypointLoss = keypoints.map {
            KeypointLoss($0, targets: targets.compactMap(\.keypoints), weights: weights, focal: focal)
        }
        if let keypointLoss {
            terms.add(keypointLoss, weights: weights)
            for image in targets.indices { perImage[image].add(keypointLoss, image: image, weights: weights) }
        }
        let centers = targets.flatMap(\.centers)
        let meanExtent = centers.reduce(0.0) { $0 + Double($1.width) + Double($1.height) } / Double(2 * centers.count)
        return LossResult(
            terms: terms, perImage: perImage, peakCount: heatmapLoss.peakCount,
            missedPeakCount: heatmapLoss.missedPeakCount, objectCount: centers.count,
            meanExtent: centers.isEmpty ? 0 : meanExtent,
            gradients: HeadGradients(
                heatmapLogits: heatmapLoss.gradient, size: sizeLoss.gradient, offset: offsetLoss.gradient,
                keypoints: keypointLoss?.gradients))
    }

    private func checkShapes(_ keypoints: KeypointHeads?, _ targets: [DetectionTargets]) {
        let learned = targets.compactMap(\.keypoints)
        precondition(
            learned.count == (keypoints == nil ? 0 : targets.count),
            "\(learned.count) of \(targets.count) targets have keypoints, and the network has \(keypoints == nil ? "none" : "some")"
        )
        guard let keypoints, let shape = targets.first?.keypoints?.heatmap.shape else { return }
        let expected = [targets.count] + shape
        precondition(
            keypoints.heatmapLogits.shape == expected,
            "keypoint heatmaps of shape \(keypoints.heatmapLogits.shape), and the targets ask for \(expected)")
        precondition(
            keypoints.displacement.shape == [expected[0], 2 * expected[1], expected[2], expected[3]]
                && keypoints.offset.shape == [expected[0], 2, expected[2], expected[3]],
            "displacements \(keypoints.displacement.shape) and offsets \(keypoints.offset.shape) beside keypoints \(expected)"
        )
    }

    private func checkShapes(_ heatmap: Tensor, _ size: Tensor, _ offset: Tensor, _ targets: [DetectionTargets]) {
        precondition(heatmap.shape.count == 4, "a heatmap is [batch, class, row, column], and this is \(heatmap.shape)")
        let expected = [heatmap.shape[0], 2, heatmap.shape[2], heatmap.shape[3]]
        precondition(size.shape == expected, "the sizes are \(size.shape), and the heatmap asks for \(expected)")
        precondition(offset.shape == expected, "the offsets are \(offset.shape), and the heatmap asks for \(expected)")
        precondition(targets.count == expected[0], "\(targets.count) targets for a batch of \(expected[0])")
        for target in targets {
            precondition(
                target.heatmap.shape == Array(heatmap.shape.dropFirst()),
                "a target of shape \(target.heatmap.shape) for heatmaps of shape \(heatmap.shape)")
        }
    }
}
