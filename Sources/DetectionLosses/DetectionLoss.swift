import HeatmapTargets
import Tensors

/// The weights of the terms of the loss.
public struct LossWeights: Hashable, Sendable {
    /// The weight of the focal loss of the object heatmap.
    public var heatmap: Double
    /// The weight of the L1 loss of the centre offset.
    public var offset: Double
    /// The weight of the L1 loss of the box size.
    public var size: Double
    /// The weight of the L1 loss of the keypoint displacements from the object's centre.
    public var keypointDisplacement = 1.0
    /// The weight of the focal loss of the keypoint heatmaps.
    public var keypointHeatmap = 1.0
    /// The weight of the L1 loss of the keypoint offsets.
    public var keypointOffset = 1.0

    /// Creates weights, by default CenterNet's.
    public init(heatmap: Double = 1, offset: Double = 1, size: Double = 0.1) {
        self.heatmap = heatmap
        self.offset = offset
        self.size = size
    }
}

/// CenterNet's loss ("Objects as Points", Zhou et al., 2019, equation 4): its value, and its gradient with respect to the heads' outputs in
/// closed form.
public struct DetectionLoss: Hashable, Sendable {
    /// The weights of the terms.
    public var weights: LossWeights
    /// The focal loss of heatmaps.
    public var focal: FocalLoss

    /// Creates a loss, by default CenterNet's.
    public init(weights: LossWeights = LossWeights(), focal: FocalLoss = FocalLoss()) {
        self.weights = weights
        self.focal = focal
    }

    /// Returns the loss of a batch.
    ///
    /// The focal loss is divided by the number of peaks (by 1 when there are none), the L1 losses by twice the number of
    /// objects, both counted over the whole batch.
    ///
    /// - Parameters:
    ///   - heatmapLogits: `[batch, class, row, column]`, before the sigmoid.
    ///   - size: `[batch, 2, row, column]`: width, then height, in output cells.
    ///   - offset: `[batch, 2, row, column]`: x, then y, of the centre within its cell.
    ///   - keypoints: The outputs of the keypoint heads; nil for a network without keypoints. Targets must have keypoints if and only if
    ///     the network has.
    ///   - targets: One element per image of the batch.
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
            "\(learned.count) of \(targets.count) targets have keypoints, but the network has \(keypoints == nil ? "none" : "some")"
        )
        guard let keypoints, let shape = targets.first?.keypoints?.heatmap.shape else { return }
        let expected = [targets.count] + shape
        precondition(
            keypoints.heatmapLogits.shape == expected,
            "keypoint heatmaps of shape \(keypoints.heatmapLogits.shape), but the targets require \(expected)")
        precondition(
            keypoints.displacement.shape == [expected[0], 2 * expected[1], expected[2], expected[3]]
                && keypoints.offset.shape == [expected[0], 2, expected[2], expected[3]],
            "displacements \(keypoints.displacement.shape) and offsets \(keypoints.offset.shape) for keypoints \(expected)"
        )
    }

    private func checkShapes(_ heatmap: Tensor, _ size: Tensor, _ offset: Tensor, _ targets: [DetectionTargets]) {
        precondition(heatmap.shape.count == 4, "a heatmap is [batch, class, row, column], but this is \(heatmap.shape)")
        let expected = [heatmap.shape[0], 2, heatmap.shape[2], heatmap.shape[3]]
        precondition(size.shape == expected, "the sizes are \(size.shape), but the heatmap requires \(expected)")
        precondition(offset.shape == expected, "the offsets are \(offset.shape), but the heatmap requires \(expected)")
        precondition(targets.count == expected[0], "\(targets.count) targets for a batch of \(expected[0])")
        for target in targets {
            precondition(
                target.heatmap.shape == Array(heatmap.shape.dropFirst()),
                "a target of shape \(target.heatmap.shape) for heatmaps of shape \(heatmap.shape)")
        }
    }
}
