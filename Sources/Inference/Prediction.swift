import Boxes
import PeakDecoding
import Tensors

/// What a network says about one image.
public struct Prediction: Sendable {
    /// Objects in image pixels, the surest first.
    public let detections: [Detection<ImagePixels>]
    /// The probability of a centre in each cell, `[class, row, column]`; of the look nearest to the model's own size.
    public let heatmap: Tensor
    /// Of the same look: the width and height that the network gives in each cell, in cells, and where in each cell a centre would lie,
    /// x and then y, both `[2, row, column]`; nil where a network does not answer cell by cell.
    public let centers: (size: Tensor, offset: Tensor)?
    /// Of the same look: what it says about keypoints, a batch of one; nil for a network without.
    public let keypoints: KeypointMaps?
    /// Where the image's pixels lie in the heatmap.
    public let imageToCells: AffineMap<ImagePixels, OutputCells>
}
