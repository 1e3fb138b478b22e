import Boxes
import PeakDecoding
import Tensors

/// Reads a network's outputs as objects.
///
/// It also says which numbers each quantity of an object was read from, so that it can be explained.
public protocol DetectionDecoder: Sendable {
    /// What people choose it by.
    var name: String { get }

    /// The results of the network that it reads; nothing else need be computed.
    var outputs: [String] { get }

    /// How many classes it tells apart, where the network's outputs say.
    var classCount: Int? { get }

    /// What the keypoints of its objects are; nil where it finds none.
    var skeleton: Skeleton? { get }

    /// What the sum of the numbers behind a score is: see ``elements(of:of:)``.
    var scoreForm: ScoreForm { get }

    /// Whether it was made for one extent of the input, and cannot read what the network answers about others.
    var readsOneExtent: Bool { get }

    /// Whether a detection's cell is one of the heatmap that ``DecodedImage`` shows, not of a grid of its own.
    var cellsAreOfHeatmap: Bool { get }

    /// The objects in one item of a batch.
    ///
    /// - Parameters:
    ///   - outputs: Every one of ``outputs``, `[batch, …]`.
    ///   - mirrored: The same for the mirrored images, where somebody wants both to be merged.
    ///   - limit: The most objects.
    func decode(
        _ outputs: [String: Tensor], mirrored: [String: Tensor]?, item: Int, input: InputExtent, limit: Int
    ) -> DecodedImage

    /// The elements of the outputs whose weighted sum a quantity of an object is, lengths in input pixels; nil where it is no such
    /// sum, or the network does not answer with it.
    func elements(of quantity: DetectedQuantity, of detection: DetectionSource) -> [OutputElement]?

    /// The same for a number of one keypoint, lengths in input pixels; `place` is where the keypoint was found, inside the input.
    func elements(
        of kind: KeypointQuantity.Kind, keypoint: Int, at place: ScoredKeypoint<InputPixels>,
        of detection: DetectionSource
    ) -> [OutputElement]?
}

extension DetectionDecoder {
    /// Most answers are maps of any extent.
    public var readsOneExtent: Bool { false }

    /// Most detections come from grids.
    public var cellsAreOfHeatmap: Bool { false }

    /// Most networks answer with no keypoints.
    public var skeleton: Skeleton? { nil }

    /// Most networks answer with no keypoints.
    public func elements(
        of kind: KeypointQuantity.Kind, keypoint: Int, at place: ScoredKeypoint<InputPixels>,
        of detection: DetectionSource
    ) -> [OutputElement]? { nil }
}

/// What a decoder reads in one image.
public struct DecodedImage: Sendable {
    /// The objects in input pixels, the surest first.
    public var detections: [Detection<InputPixels>]
    /// How sure the network is of an object in each cell, `[class, row, column]` in `0...1`; the map covers the whole input.
    public var heatmap: Tensor
    /// The width and height in each cell, in cells, and where in each cell a centre would lie, both `[2, row, column]`: only of
    /// networks that answer so.
    public var centers: (size: Tensor, offset: Tensor)?
    /// What is said about keypoints, a batch of one; nil of networks without.
    public var keypoints: KeypointMaps?

    /// A reading from its parts.
    public init(
        detections: [Detection<InputPixels>], heatmap: Tensor, centers: (size: Tensor, offset: Tensor)? = nil,
        keypoints: KeypointMaps? = nil
    ) {
        self.detections = detections
        self.heatmap = heatmap
        self.centers = centers
        self.keypoints = keypoints
    }
}

/// Where an object was read from, whatever coordinates its box is in.
public struct DetectionSource: Hashable, Sendable {
    /// The class, from 0.
    public let classIndex: Int
    /// The cell.
    public let row, column: Int
    /// Which of the network's answers it is, as its decoder counts them.
    public let candidate: Int

    /// Where a detection was read from.
    public init<Space>(_ detection: Detection<Space>) {
        classIndex = detection.classIndex
        (row, column) = (detection.row, detection.column)
        candidate = detection.candidate
    }
}

/// One element of an output, and by what it is multiplied.
public struct OutputElement: Hashable, Sendable {
    /// The output's name: `heatmap`, `size`, ….
    public let output: String
    /// Where in it, without the batch: `[channel, row, column]` in a map.
    public let place: [Int]
    /// By what it is multiplied.
    public let weight: Float

    /// An element and its factor.
    public init(_ output: String, _ place: [Int], weight: Float = 1) {
        self.output = output
        self.place = place
        self.weight = weight
    }
}

/// What the weighted sum of the elements that a score was read from is.
public enum ScoreForm: Sendable {
    /// A logit, whose sigmoid is the score.
    case logit
    /// The score itself.
    case probability
    /// Two probabilities, whose product is the score.
    case twoProbabilities
    /// Nothing that a score could be had from: the score needs more numbers, or others.
    case partial

    /// A probability that grows with the score, from the sum; nil where there is none.
    public func probability(of sum: Float) -> Float? {
        switch self {
        case .logit: sigmoid(sum)
        case .probability: sum
        case .twoProbabilities: sum / 2
        case .partial: nil
        }
    }
}

/// What a detector answers about one object: each is a number that can be explained on its own.
public enum DetectedQuantity: String, CaseIterable, Sendable {
    /// How sure it is: what the network answers before it becomes a probability, where it can be had.
    case score
    /// The box's extents.
    case width, height
    /// Where the centre lies, from a corner of its cell; of boxes that the graph decodes, from the input's corner.
    case offsetX = "offset-x"
    case offsetY = "offset-y"
    /// How far each edge of the box lies out, from a corner of the peak's cell; of boxes that the graph decodes, from the input's
    /// corner.
    case left, top, right, bottom
}

/// Why a decoder cannot read a network.
public enum DecoderError: Error, Equatable, CustomStringConvertible {
    /// The network has not the outputs that it reads; what it has is listed.
    case outputs(decoder: String, wanted: String, found: [String: [Int]])
    /// A setting that does not fit; a sentence.
    case setting(String)

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .outputs(let decoder, let wanted, let found):
            "the decoder '\(decoder)' reads \(wanted), and this network returns "
                + found.sorted { $0.key < $1.key }.map { "'\($0)' \($1)" }.joined(separator: ", ")
        case .setting(let sentence): sentence
        }
    }
}
