import Boxes
import PeakDecoding
import Tensors

/// A network's prediction for one image.
public struct Prediction: Sendable {
    /// Objects in image pixels, by descending score.
    public let detections: [Detection<ImagePixels>]
    /// The probability of a centre in each cell, `[class, row, column]`, at the scale nearest to the model's own size.
    public let heatmap: Tensor
    /// At the same scale: the predicted width and height in each cell, in cells, and the centre's offset within each cell, x and then y,
    /// both `[2, row, column]`; nil for networks without such maps. A network that detects points has
    /// no sizes.
    public let centers: (size: Tensor?, offset: Tensor)?
    /// At the same scale: the keypoint maps, a batch of one; nil for a network without keypoints.
    public let keypoints: KeypointMaps?
    /// The map from image pixels to heatmap cells.
    public let imageToCells: AffineMap<ImagePixels, OutputCells>
}
