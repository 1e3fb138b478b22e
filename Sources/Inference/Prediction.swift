import Boxes
import PeakDecoding
import Tensors

/// What a network says about one picture.
public struct Prediction: Sendable {
    /// Objects in image pixels, the surest first.
    public let detections: [Detection<ImagePixels>]
    /// The probability of a centre in each cell, `[class, row, column]`; of the look nearest to the model's own size.
    public let heatmap: Tensor
    /// Where the picture's pixels lie in the heatmap.
    public let imageToCells: AffineMap<ImagePixels, OutputCells>
}
