import Boxes
import PeakDecoding
import Tensors

/// A decoder for networks whose outputs are not objects, or for which no decoder was chosen: elements of outputs can still be explained.
public struct RawDecoder: DetectionDecoder {
    /// `none`.
    public let name = "none"

    /// Creates the decoder.
    public init() {}

    /// Empty.
    public var outputs: [String] { [] }

    /// Nil.
    public var classCount: Int? { nil }

    /// Partial, since there are no scores.
    public var scoreForm: ScoreKind { .partial }

    /// Returns no objects.
    public func decode(
        _ outputs: [String: Tensor], mirrored: [String: Tensor]?, item: Int, input: InputExtent, limit: Int
    ) -> DecodedImage {
        DecodedImage(detections: [], heatmap: Tensor([0, 1, 1]))
    }

    /// Nil.
    public func elements(of quantity: DetectedQuantity, of detection: DetectionSource) -> [OutputElement]? { nil }
}
