import Boxes
import Images
import PeakDecoding
import Tensors

/// Detects the objects in each frame of a sequence, and explains one of them.
public struct FrameInspector {
    /// The saliency map of one frame.
    public struct Map {
        /// `[row, column]`, neither rectified nor scaled.
        public let cells: Tensor
        /// The transform from image pixels to cells of the map.
        public let imageToCells: AffineMap<ImagePixels, MapCells>
        /// Why the map is flat; nil if it is not.
        public let flatNote: String?

        /// Creates a map.
        public init(cells: Tensor, imageToCells: AffineMap<ImagePixels, MapCells>, flatNote: String?) {
            self.cells = cells
            self.imageToCells = imageToCells
            self.flatNote = flatNote
        }
    }

    /// Returns the objects in an image, highest scores first.
    public let detections: (_ image: ScaledImage) throws -> [Detection<ImagePixels>]
    /// Explains one of the detections.
    public let explain: (_ image: ScaledImage, _ detection: Detection<ImagePixels>) throws -> Map

    /// Creates an inspector from its two functions.
    public init(
        detections: @escaping (_ image: ScaledImage) throws -> [Detection<ImagePixels>],
        explain: @escaping (_ image: ScaledImage, _ detection: Detection<ImagePixels>) throws -> Map
    ) {
        self.detections = detections
        self.explain = explain
    }
}
