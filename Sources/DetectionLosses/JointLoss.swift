import HeatmapTargets
import Tensors

/// What the joint heads say about a batch, or the gradient by that.
public struct JointHeads: Sendable {
    /// `[batch, 2 joint, row, column]`: for each joint x, then y, from the upper left corner of an object's centre cell, in
    /// output cells.
    public var displacement: Tensor
    /// `[batch, joint, row, column]`, before the sigmoid.
    public var heatmapLogits: Tensor
    /// `[batch, 2, row, column]`: x, then y, of a joint within its cell.
    public var offset: Tensor

    /// Three maps.
    public init(displacement: Tensor, heatmapLogits: Tensor, offset: Tensor) {
        self.displacement = displacement
        self.heatmapLogits = heatmapLogits
        self.offset = offset
    }
}

/// CenterNet's loss of joints ("Objects as Points", section 5.2): L1 on the displacements at the centre cells and on the offsets
/// at the joints' cells, over joints that are annotated and inside; focal on the joint heatmaps.
struct JointLoss {
    let displacement, offset: PlaceRegression
    let heatmap: FocalBatch

    init(_ heads: JointHeads, targets: [JointTargets], weights: LossWeights, focal: FocalLoss) {
        heatmap = focal.batch(
            logits: heads.heatmapLogits, heatmaps: targets.map(\.heatmap),
            peakCount: targets.reduce(0) { $0 + $1.peakCount }, weight: weights.jointHeatmap)
        displacement = PlaceRegression(
            map: heads.displacement,
            places: targets.map {
                $0.places.map {
                    PlaceRegression.Place(
                        channel: 2 * $0.joint, row: $0.centerRow, column: $0.centerColumn, x: $0.displacementX,
                        y: $0.displacementY)
                }
            }, weight: weights.jointDisplacement)
        offset = PlaceRegression(
            map: heads.offset,
            places: targets.map {
                $0.places.map { PlaceRegression.Place(row: $0.row, column: $0.column, x: $0.offsetX, y: $0.offsetY) }
            }, weight: weights.jointOffset)
    }

    /// The gradient of the weighted sum.
    var gradients: JointHeads {
        JointHeads(
            displacement: displacement.gradient, heatmapLogits: heatmap.gradient, offset: offset.gradient)
    }
}

extension LossTerms {
    /// Adds what one image of a batch, or all of it, says about joints.
    mutating func add(_ joints: JointLoss, image: Int? = nil, weights: LossWeights) {
        func sum(_ perImage: [Double]) -> Double { image.map { perImage[$0] } ?? perImage.reduce(0, +) }
        jointDisplacement = sum(joints.displacement.perImage)
        jointHeatmap = sum(joints.heatmap.perImage)
        jointOffset = sum(joints.offset.perImage)
        total +=
            weights.jointDisplacement * jointDisplacement + weights.jointHeatmap * jointHeatmap
            + weights.jointOffset * jointOffset
    }
}
