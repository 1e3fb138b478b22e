import HeatmapTargets
import Tensors

/// The outputs of the keypoint heads for a batch, or the gradient with respect to them.
public struct KeypointHeads: Sendable {
    /// `[batch, 2 keypoint, row, column]`: for each keypoint x, then y, from the upper left corner of an object's centre cell, in
    /// output cells.
    public var displacement: Tensor
    /// `[batch, keypoint, row, column]`, before the sigmoid.
    public var heatmapLogits: Tensor
    /// `[batch, 2, row, column]`: x, then y, of a keypoint within its cell.
    public var offset: Tensor

    /// Creates keypoint heads.
    public init(displacement: Tensor, heatmapLogits: Tensor, offset: Tensor) {
        self.displacement = displacement
        self.heatmapLogits = heatmapLogits
        self.offset = offset
    }
}

/// CenterNet's keypoint loss ("Objects as Points", section 5.2): L1 losses of the displacements at the centre cells and of the offsets at
/// the keypoints' cells, for keypoints that are annotated and inside the map; focal loss of the keypoint heatmaps.
struct KeypointLoss {
    let displacement, offset: PlaceRegression
    let heatmap: FocalBatch

    init(_ heads: KeypointHeads, targets: [KeypointTargets], weights: LossWeights, focal: FocalLoss) {
        heatmap = focal.batch(
            logits: heads.heatmapLogits, heatmaps: targets.map(\.heatmap),
            peakCount: targets.reduce(0) { $0 + $1.peakCount }, weight: weights.keypointHeatmap)
        displacement = PlaceRegression(
            map: heads.displacement,
            places: targets.map {
                $0.places.map {
                    PlaceRegression.Place(
                        channel: 2 * $0.keypoint, row: $0.centerRow, column: $0.centerColumn, x: $0.displacementX,
                        y: $0.displacementY)
                }
            }, weight: weights.keypointDisplacement)
        offset = PlaceRegression(
            map: heads.offset,
            places: targets.map {
                $0.places.map { PlaceRegression.Place(row: $0.row, column: $0.column, x: $0.offsetX, y: $0.offsetY) }
            }, weight: weights.keypointOffset)
    }

    /// The gradient of the weighted sum.
    var gradients: KeypointHeads {
        KeypointHeads(
            displacement: displacement.gradient, heatmapLogits: heatmap.gradient, offset: offset.gradient)
    }
}

extension LossTerms {
    /// Adds the keypoint loss of one image of a batch, or of the whole batch.
    mutating func add(_ keypoints: KeypointLoss, image: Int? = nil, weights: LossWeights) {
        func sum(_ perImage: [Double]) -> Double { image.map { perImage[$0] } ?? perImage.reduce(0, +) }
        keypointDisplacement = sum(keypoints.displacement.perImage)
        keypointHeatmap = sum(keypoints.heatmap.perImage)
        keypointOffset = sum(keypoints.offset.perImage)
        total +=
            weights.keypointDisplacement * keypointDisplacement + weights.keypointHeatmap * keypointHeatmap
            + weights.keypointOffset * keypointOffset
    }
}
