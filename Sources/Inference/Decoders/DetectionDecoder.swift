import Boxes
import PeakDecoding
import Tensors

/// Decodes a network's outputs to objects.
///
/// A decoder also tells which output elements each quantity of an object was read from, so that it can be explained.
public protocol DetectionDecoder: Sendable {
    /// The decoder's name in options.
    var name: String { get }

    /// The network outputs that the decoder reads; no others need to be computed.
    var outputs: [String] { get }

    /// The number of classes, if the network's outputs determine it.
    var classCount: Int? { get }

    /// Whether the objects are boxes or points.
    var objectKind: ObjectKind { get }

    /// The skeleton of the detected keypoints; nil without keypoints.
    var skeleton: Skeleton? { get }

    /// The meaning of the sum of a score's elements: see ``elements(of:of:)``.
    var scoreForm: ScoreKind { get }

    /// Whether the decoder was made for one input size and cannot decode others.
    var requiresFixedInputSize: Bool { get }

    /// Whether a detection's cell is one of the heatmap in ``DecodedImage``, not of a separate grid.
    var usesHeatmapCells: Bool { get }

    /// Whether boxes end at the image's borders.
    var clipsBoxes: Bool { get }

    /// Checks outputs whose shapes alone do not tell whether the decoder can read them.
    ///
    /// - Throws: ``DecoderError/setting(_:)`` with a sentence about what the values look like.
    func check(_ outputs: [String: Tensor]) throws(DecoderError)

    /// Returns the objects in one item of a batch.
    ///
    /// - Parameters:
    ///   - outputs: All of ``outputs``, `[batch, …]`.
    ///   - mirrored: The outputs for the mirrored images, if both are to be merged.
    ///   - limit: The maximum number of objects.
    func decode(
        _ outputs: [String: Tensor], mirrored: [String: Tensor]?, item: Int, input: InputExtent, limit: Int
    ) -> DecodedImage

    /// Returns the output elements whose weighted sum is a quantity of an object, lengths in input pixels; nil if the quantity is no such
    /// sum, or is not an output of the network.
    func elements(of quantity: DetectedQuantity, of detection: DetectionSource) -> [OutputElement]?

    /// Returns the same for a quantity of one keypoint, lengths in input pixels; `place` is the keypoint's position inside the input.
    func elements(
        of kind: KeypointQuantity.Kind, keypoint: Int, at place: ScoredKeypoint<InputPixels>,
        of detection: DetectionSource
    ) -> [OutputElement]?
}

extension DetectionDecoder {
    /// False: most outputs are maps of any size.
    public var requiresFixedInputSize: Bool { false }

    /// False: most detections come from other grids.
    public var usesHeatmapCells: Bool { false }

    /// False: objects may extend beyond the image.
    public var clipsBoxes: Bool { false }

    /// Accepts all values.
    public func check(_ outputs: [String: Tensor]) throws(DecoderError) {}

    /// Boxes, which most networks detect.
    public var objectKind: ObjectKind { .boxes }

    /// Nil: most networks have no keypoints.
    public var skeleton: Skeleton? { nil }

    /// Nil: most networks have no keypoints.
    public func elements(
        of kind: KeypointQuantity.Kind, keypoint: Int, at place: ScoredKeypoint<InputPixels>,
        of detection: DetectionSource
    ) -> [OutputElement]? { nil }
}

/// The decoded outputs of one image.
public struct DecodedImage: Sendable {
    /// The objects in input pixels, by descending score.
    public var detections: [Detection<InputPixels>]
    /// The score of an object in each cell, `[class, row, column]` in `0...1`; the map covers the whole input.
    public var heatmap: Tensor
    /// The width and height in each cell, in cells, and the centre's offset in each cell, both `[2, row, column]`; nil for networks without
    /// such maps. A network that detects points has no sizes.
    public var centers: (size: Tensor?, offset: Tensor)?
    /// The keypoint maps, a batch of one; nil for networks without keypoints.
    public var keypoints: KeypointMaps?

    /// Creates a decoded image.
    public init(
        detections: [Detection<InputPixels>], heatmap: Tensor, centers: (size: Tensor?, offset: Tensor)? = nil,
        keypoints: KeypointMaps? = nil
    ) {
        self.detections = detections
        self.heatmap = heatmap
        self.centers = centers
        self.keypoints = keypoints
    }
}

/// Where an object was read from, independent of the coordinates of its box.
public struct DetectionSource: Hashable, Sendable {
    /// The class, from 0.
    public let classIndex: Int
    /// The cell.
    public let row, column: Int
    /// The candidate's index, as its decoder counts them.
    public let candidate: Int

    /// Creates the source of a detection.
    public init<Space>(_ detection: Detection<Space>) {
        classIndex = detection.classIndex
        (row, column) = (detection.row, detection.column)
        candidate = detection.candidate
    }
}

/// One element of an output, with its factor.
public struct OutputElement: Hashable, Sendable {
    /// The output's name: `heatmap`, `size`, ….
    public let output: String
    /// The element's index, without the batch: `[channel, row, column]` in a map.
    public let place: [Int]
    /// The factor of the element.
    public let weight: Float

    /// Creates an element with its factor.
    public init(_ output: String, _ place: [Int], weight: Float = 1) {
        self.output = output
        self.place = place
        self.weight = weight
    }
}

/// The meaning of the weighted sum of a score's elements.
public enum ScoreKind: Sendable {
    /// A logit, whose sigmoid is the score.
    case logit
    /// The score itself.
    case probability
    /// Two probabilities, whose product is the score.
    case twoProbabilities
    /// Neither: the score depends on more or other elements.
    case partial

    /// Returns a probability that increases with the score, from the sum; nil for ``partial``.
    public func probability(of sum: Float) -> Float? {
        switch self {
        case .logit: sigmoid(sum)
        case .probability: sum
        case .twoProbabilities: sum / 2
        case .partial: nil
        }
    }
}

/// A predicted quantity of an object, which can be explained on its own.
public enum DetectedQuantity: String, CaseIterable, Sendable {
    /// The score: the network's output before it becomes a probability, where available.
    case score
    /// The box's width and height.
    case width, height
    /// The centre's offset from the corner of its cell; if the graph decodes boxes, from the corner of the input.
    case offsetX = "offset-x"
    case offsetY = "offset-y"
    /// The outward distance of each edge of the box from the corner of the peak's cell; if the graph decodes boxes, from the corner of the
    /// input.
    case left, top, right, bottom
}

/// The reason why a decoder cannot read a network's outputs.
public enum DecoderError: Error, Equatable, CustomStringConvertible {
    /// The network lacks the required outputs; its outputs are listed.
    case outputs(decoder: String, wanted: String, found: [String: [Int]])
    /// An invalid setting, as a sentence.
    case setting(String)

    /// The error message.
    public var description: String {
        switch self {
        case .outputs(let decoder, let wanted, let found):
            "the decoder '\(decoder)' requires \(wanted), but this network returns "
                + found.sorted { $0.key < $1.key }.map { "'\($0)' \($1)" }.joined(separator: ", ")
        case .setting(let sentence): sentence
        }
    }
}
