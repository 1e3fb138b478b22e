import Boxes
import Foundation
import PeakDecoding
import Tensors

/// Decodes networks with anchors, SSD and RetinaNet, from torchvision's head format: a table of logits `[batch, anchor, class]` and a table
/// of box offsets `[batch, anchor, 4]`.
public struct AnchorDecoder: DetectionDecoder {
    /// The network family whose anchors are used.
    public enum Kind: String, CaseIterable, Sendable {
        /// SSDlite at 320 pixels: six maps that halve from stride 16 on.
        case ssdlite
        /// SSD at 300 pixels.
        case ssd
        /// RetinaNet on a feature pyramid from stride 8 to 128.
        case retinaNet = "retinanet"
    }

    /// The kind's name.
    public var name: String { kind.rawValue }
    /// The network family whose anchors are used.
    public let kind: Kind
    /// The number of classes, without SSD's background class.
    public var classCount: Int? { width - firstClass }
    /// The names of the network's outputs.
    public let logits, corrections: String
    /// The IoU threshold of non-maximum suppression within a class.
    public var overlap: Double
    private let anchors: [AnchorBoxes.Anchor]
    private let holdsProbabilities: Bool
    /// The length of a row of the logits table.
    private let width: Int

    /// Finds the outputs among a network's outputs, and makes the anchors.
    ///
    /// - Parameters:
    ///   - outputs: The network's outputs in order, with their shapes for one image.
    ///   - input: The input size for which they have these shapes.
    /// - Throws: ``DecoderError``.
    public init(kind: Kind, outputs: [NetworkOutput], input: InputExtent) throws(DecoderError) {
        let tables = outputs.filter { $0.shape.count == 3 }
        let boxes = tables.first { $0.shape[2] == 4 && $0.nameSuggestsBoxes } ?? tables.first { $0.shape[2] == 4 }
        let classes = tables.first { $0.name != boxes?.name && $0.shape[1] == boxes?.shape[1] }
        guard let boxes, let classes, classes.shape[2] > (kind == .retinaNet ? 0 : 1) else {
            throw .outputs(
                decoder: kind.rawValue, wanted: "logits [batch, anchor, class] and box offsets [batch, anchor, 4]",
                found: outputs.shapesByName)
        }
        self.kind = kind
        (logits, corrections) = (classes.name, boxes.name)
        width = classes.shape[2]
        holdsProbabilities = classes.isProbability
        overlap = kind == .retinaNet ? 0.5 : kind == .ssd ? 0.45 : 0.55
        anchors = kind.anchors(input: input).anchors
        guard anchors.count == boxes.shape[1] else {
            throw .setting(
                "\(kind.rawValue) has \(anchors.count) anchors for an input of \(input), but this network's outputs have "
                    + "\(boxes.shape[1])")
        }
    }

    /// The form of a score; partial for softmax, which needs the logits of all classes.
    public var scoreForm: ScoreKind { holdsProbabilities ? .probability : kind == .retinaNet ? .logit : .partial }

    /// True, because the anchors are made for one input size.
    public var requiresFixedInputSize: Bool { true }

    /// True: the part of the input beside the image is no part of a box.
    public var clipsBoxes: Bool { true }

    /// The logits and the box offsets.
    public var outputs: [String] { [logits, corrections] }

    /// Decodes every class whose score is high enough at an anchor, followed by non-maximum suppression within each class.
    public func decode(
        _ outputs: [String: Tensor], mirrored: [String: Tensor]?, item: Int, input: InputExtent, limit: Int
    ) -> DecodedImage {
        decode(outputs, item, input, limit)
            .merged(withMirrored: mirrored.map { decode($0, item, input, limit) }, input: input, limit: limit)
    }

    private func decode(_ outputs: [String: Tensor], _ item: Int, _ input: InputExtent, _ limit: Int) -> DecodedImage {
        guard let logits = outputs[logits]?.item(item), let corrections = outputs[corrections]?.item(item) else {
            preconditionFailure("the outputs \(self.outputs) are missing")
        }
        let finest = anchors.map(\.stride).min() ?? 8
        var list = CandidateList(input: input, classCount: width - firstClass, finest: finest)
        logits.withElements { logits in
            corrections.withElements { corrections in
                for (index, anchor) in anchors.enumerated() {
                    let scores = scores(UnsafeBufferPointer(rebasing: logits[index * width..<(index + 1) * width]))
                    let box = box(anchor, UnsafeBufferPointer(rebasing: corrections[4 * index..<4 * index + 4]))
                    for (classIndex, score) in scores.enumerated() where score >= CandidateList.lowestScore {
                        list.add(
                            .init(
                                index: index, row: anchor.row, column: anchor.column, stride: anchor.stride,
                                classIndex: classIndex, score: score,
                                box: box.clipped(width: Double(input.columns), height: Double(input.rows))))
                    }
                }
            }
        }
        return list.image(overlap: overlap, limit: limit)
    }

    /// The index of the first class: SSD's class 0 is the background.
    private var firstClass: Int { kind == .retinaNet ? 0 : 1 }

    /// Returns the score of each class at an anchor.
    private func scores(_ row: UnsafeBufferPointer<Float>) -> [Float] {
        if holdsProbabilities { return Array(row[firstClass...]) }
        if kind == .retinaNet { return row.map { sigmoid($0) } }
        let highest = row.reduce(-Float.infinity, max)
        let powers = row.map { exp($0 - highest) }
        let sum = powers.reduce(0, +)
        return powers[firstClass...].map { $0 / sum }
    }

    private func box(_ anchor: AnchorBoxes.Anchor, _ correction: UnsafeBufferPointer<Float>) -> Box<InputPixels> {
        // The variances of SSD's paper; RetinaNet has none. The limit is torchvision's.
        let (place, extent) = kind == .retinaNet ? (1.0, 1.0) : (10.0, 5.0)
        let limit = log(1000.0 / 16)
        return Box(
            centerX: anchor.x + Double(correction[0]) / place * anchor.width,
            centerY: anchor.y + Double(correction[1]) / place * anchor.height,
            width: anchor.width * exp(min(limit, Double(correction[2]) / extent)),
            height: anchor.height * exp(min(limit, Double(correction[3]) / extent)))
    }

    /// Returns the class's logit or the offset of the box's centre; widths and heights are exponentials, not sums.
    public func elements(of quantity: DetectedQuantity, of detection: DetectionSource) -> [OutputElement]? {
        let index = detection.candidate
        guard anchors.indices.contains(index) else { return nil }
        let place: Float = kind == .retinaNet ? 1 : 10
        return switch quantity {
        case .score: [.init(logits, [index, detection.classIndex + firstClass])]
        case .offsetX: [.init(corrections, [index, 0], weight: Float(anchors[index].width) / place)]
        case .offsetY: [.init(corrections, [index, 1], weight: Float(anchors[index].height) / place)]
        default: nil
        }
    }
}

extension AnchorDecoder.Kind {
    /// Returns the anchors of the published networks.
    fileprivate func anchors(input: InputExtent) -> AnchorBoxes {
        switch self {
        case .retinaNet:
            return .retinaNet(grids: AnchorBoxes.halvingGrids(firstStride: 8, count: 5, input: input), input: input)
        case .ssdlite:
            return .ssd(
                grids: AnchorBoxes.halvingGrids(firstStride: 16, count: 6, input: input),
                scales: (0..<6).map { 0.2 + 0.75 * Double($0) / 5 } + [1],
                ratios: [[Double]](repeating: [2, 3], count: 6), steps: nil, input: input)
        case .ssd:
            return .ssd(
                grids: [38, 19, 10, 5, 3, 1].map { ($0, $0) }, scales: [0.07, 0.15, 0.33, 0.51, 0.69, 0.87, 1.05],
                ratios: [[2], [2, 3], [2, 3], [2, 3], [2], [2]], steps: [8, 16, 32, 64, 100, 300], input: input)
        }
    }
}
