import Boxes
import Foundation
import PeakDecoding
import Tensors

/// Reads what networks of the YOLO family return, as it stands in the graph: raw grids with anchors, raw grids of distributions, or
/// boxes that the graph decodes itself.
public struct YOLODecoder: DetectionDecoder {
    /// The version's name.
    public var name: String { version.rawValue }
    /// The formula by which cells become boxes.
    public let version: YOLOVersion
    /// How many classes it tells apart.
    public var classCount: Int? { form.classCount }
    /// The overlap from which on the less sure of two boxes of a class goes.
    public var overlap = 0.45
    let form: YOLOForm

    /// Recognizes the form of a network's outputs by their shapes.
    ///
    /// - Parameters:
    ///   - outputs: In the network's order, with their shapes for one image.
    ///   - input: The extent for which they have these shapes.
    ///   - anchors: Widths and heights in input pixels, the finest grid's first; nil for those of COCO.
    ///   - classCount: How many classes there are, for networks that answer with a class's number alone; nil for COCO's 80.
    /// - Throws: ``DecoderError``.
    public init(
        version: YOLOVersion, outputs: [NetworkOutput], input: InputExtent, anchors: [Double]? = nil,
        classCount: Int? = nil
    ) throws(DecoderError) {
        self.version = version
        form = try YOLOForm(version, outputs, input: input, anchors: anchors, classCount: classCount)
    }

    /// By its form.
    public var scoreForm: ScoreForm { form.scoreForm }

    /// Its grids are of one input.
    public var readsOneExtent: Bool { true }

    /// The outputs that it reads.
    public var outputs: [String] { form.outputs }

    /// Answers whose product of objectness and class is highest; of overlapping ones of a class the surest stays.
    public func decode(
        _ outputs: [String: Tensor], mirrored: [String: Tensor]?, item: Int, input: InputExtent, limit: Int
    ) -> DecodedImage {
        func read(_ outputs: [String: Tensor]) -> DecodedImage {
            var list = CandidateList(input: input, classCount: form.classCount, finest: form.finestStride)
            form.read(outputs, item: item) { list.add($0) }
            return list.image(overlap: form.isFinal ? 1 : overlap, limit: limit)
        }
        let decoded = read(outputs)
        guard let mirrored else { return decoded }
        return decoded.merged(withMirrored: read(mirrored), input: input, limit: limit)
    }

    /// The score is the class's answer, and the objectness where there is one; lengths can be had where the graph decodes boxes
    /// itself.
    public func elements(of quantity: DetectedQuantity, of detection: DetectionSource) -> [OutputElement]? {
        form.elements(of: quantity, of: detection)
    }
}
