import Boxes
import Foundation
import PeakDecoding
import Tensors

/// Decodes networks of the YOLO family, whichever outputs the graph returns: raw grids with anchors, raw grids of distributions, or boxes
/// that the graph decodes itself.
public struct YOLODecoder: DetectionDecoder {
    /// The version's name.
    public var name: String { version.rawValue }
    /// The version, which determines the formula for boxes.
    public let version: YOLOVersion
    /// The number of classes.
    public var classCount: Int? { form.classCount }
    /// The IoU threshold of non-maximum suppression within a class.
    public var overlap = 0.45
    let form: YOLOOutputFormat

    /// Recognizes the format of a network's outputs by their shapes.
    ///
    /// - Parameters:
    ///   - outputs: The network's outputs in order, with their shapes for one image.
    ///   - input: The input size for which they have these shapes.
    ///   - anchors: Widths and heights in input pixels, the finest grid's first; nil for COCO's.
    ///   - classCount: The number of classes, if it is known; networks that return only class indices have COCO's 80 otherwise.
    /// - Throws: ``DecoderError``.
    public init(
        version: YOLOVersion, outputs: [NetworkOutput], input: InputExtent, anchors: [Double]? = nil,
        classCount: Int? = nil
    ) throws(DecoderError) {
        self.version = version
        form = try YOLOOutputFormat(version, outputs, input: input, anchors: anchors, classCount: classCount)
    }

    /// The form of a score, by the format of the outputs.
    public var scoreForm: ScoreKind { form.scoreForm }

    /// True, because the grids are made for one input size.
    public var requiresFixedInputSize: Bool { true }

    /// True, since the boxes of objects at the border go beyond it.
    public var clipsBoxes: Bool { true }

    /// Checks that scores are probabilities: outputs of networks for other tasks have the same layout.
    public func check(_ outputs: [String: Tensor]) throws(DecoderError) { try form.check(outputs) }

    /// The outputs that are decoded.
    public var outputs: [String] { form.outputs }

    /// Decodes boxes, with objectness times the highest class probability as the score, followed by non-maximum suppression within each
    /// class.
    public func decode(
        _ outputs: [String: Tensor], mirrored: [String: Tensor]?, item: Int, input: InputExtent, limit: Int
    ) -> DecodedImage {
        func read(_ outputs: [String: Tensor]) -> DecodedImage {
            var list = CandidateList(input: input, classCount: form.classCount, finest: form.finestStride)
            form.read(outputs, item: item) { list.add($0) }
            return list.image(overlap: form.isFinal ? 1 : overlap, limit: limit)
        }
        return read(outputs).merged(withMirrored: mirrored.map(read), input: input, limit: limit)
    }

    /// Returns output elements: for the score the class's element, and the objectness if there is one; for lengths, only if the graph
    /// decodes boxes itself.
    public func elements(of quantity: DetectedQuantity, of detection: DetectionSource) -> [OutputElement]? {
        form.elements(of: quantity, of: detection)
    }
}
