import Boxes
import Images
import PeakDecoding
import Tensors

/// What is asked about each frame of a sequence: where objects are, and why one of them was found.
public struct FrameInspector {
    /// A map of one frame.
    public struct Map {
        /// `[row, column]`, neither rectified nor stretched.
        public let cells: Tensor
        /// Where the image's pixels lie in it.
        public let imageToCells: AffineMap<ImagePixels, MapCells>
        /// Why there is nothing to see; nil when there is.
        public let flatNote: String?

        /// A map.
        public init(cells: Tensor, imageToCells: AffineMap<ImagePixels, MapCells>, flatNote: String?) {
            self.cells = cells
            self.imageToCells = imageToCells
            self.flatNote = flatNote
        }
    }

    /// The objects in an image, the surest first.
    public let detections: (_ image: ScaledImage) throws -> [Detection<ImagePixels>]
    /// Why one of them was found.
    public let explain: (_ image: ScaledImage, _ detection: Detection<ImagePixels>) throws -> Map

    /// The two answers.
    public init(
        detections: @escaping (_ image: ScaledImage) throws -> [Detection<ImagePixels>],
        explain: @escaping (_ image: ScaledImage, _ detection: Detection<ImagePixels>) throws -> Map
    ) {
        self.detections = detections
        self.explain = explain
    }
}
