import Boxes
import PeakDecoding
import Tensors

/// For networks whose outputs are no objects, or are not told how to become some: elements of outputs can still be explained.
public struct RawDecoder: DetectionDecoder {
    /// `none`.
    public let name = "none"

    /// A decoder that reads nothing.
    public init() {}

    /// Nothing.
    public var outputs: [String] { [] }

    /// Nothing.
    public var classCount: Int? { nil }

    /// None.
    public var scoreForm: ScoreForm { .partial }

    /// Nothing.
    public func decode(
        _ outputs: [String: Tensor], mirrored: [String: Tensor]?, item: Int, input: InputExtent, limit: Int
    ) -> DecodedImage {
        DecodedImage(detections: [], heatmap: Tensor([0, 1, 1]))
    }

    /// Nothing.
    public func elements(of quantity: DetectedQuantity, of detection: DetectionSource) -> [OutputElement]? { nil }
}
