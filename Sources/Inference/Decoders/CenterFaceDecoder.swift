import Boxes
import Foundation
import PeakDecoding
import Tensors

/// Decodes CenterFace (Xu et al., arXiv:1911.03599): the probability of a face in each cell of four pixels, the logarithms of its height
/// and width, the centre's offset in its cell, and the positions of five landmarks in the box, each y first.
public struct CenterFaceDecoder: DetectionDecoder {
    /// `centerface`.
    public let name = "centerface"
    /// The names of the network's outputs.
    public let heatmap, scale, offset: String
    /// The name of the landmarks output, `[batch, 2 landmark, row, column]`, in fractions of the box from its upper left corner; nil
    /// without landmarks.
    public let landmarks: String?
    /// The IoU threshold of non-maximum suppression.
    public var overlap = 0.3

    /// The eyes, the nose and the corners of the mouth; left and right as seen in the image.
    private static let face = Skeleton(keypointNames: ["left_eye", "right_eye", "nose", "left_mouth", "right_mouth"])

    /// Finds the outputs among a network's outputs: the heatmap has one channel, scale and offset have two, in this order, and landmarks
    /// have ten.
    ///
    /// - Parameter outputs: The network's outputs in order, with their shapes.
    /// - Throws: ``DecoderError/outputs(decoder:wanted:found:)``.
    public init(outputs: [NetworkOutput]) throws(DecoderError) {
        let maps = outputs.filter { $0.shape.count == 4 }
        let pairs = maps.filter { $0.shape[1] == 2 }
        guard let heatmap = maps.first(where: { $0.shape[1] == 1 }), pairs.count == 2,
            pairs.allSatisfy({ $0.shape[2...] == heatmap.shape[2...] })
        else {
            throw .outputs(
                decoder: name, wanted: "a map with one channel and two maps with two channels, of the same size",
                found: outputs.shapesByName)
        }
        self.heatmap = heatmap.name
        (scale, offset) = (pairs[0].name, pairs[1].name)
        landmarks = maps.first { [$0.shape[1], $0.shape[2], $0.shape[3]] == [10] + heatmap.shape[2...] }?.name
    }

    /// Heatmap, scale, offset, and landmarks if there are any.
    public var outputs: [String] { [heatmap, scale, offset] + (landmarks.map { [$0] } ?? []) }

    /// One class: faces.
    public var classCount: Int? { 1 }

    /// The heatmap holds probabilities.
    public var scoreForm: ScoreKind { .probability }

    /// True: detections come from heatmap cells.
    public var usesHeatmapCells: Bool { true }

    /// The landmarks; nil without them.
    public var skeleton: Skeleton? { landmarks == nil ? nil : Self.face }

    /// Decodes every cell with a high enough score as a face, followed by non-maximum suppression.
    public func decode(
        _ outputs: [String: Tensor], mirrored: [String: Tensor]?, item: Int, input: InputExtent, limit: Int
    ) -> DecodedImage {
        decode(outputs, item, input, limit).merged(
            withMirrored: mirrored.map { decode($0, item, input, limit) }, input: input, limit: limit,
            skeleton: skeleton)
    }

    private func decode(_ outputs: [String: Tensor], _ item: Int, _ input: InputExtent, _ limit: Int) -> DecodedImage {
        guard let heatmap = outputs[heatmap], let scale = outputs[scale], let offset = outputs[offset] else {
            preconditionFailure("the outputs \(self.outputs) are missing")
        }
        let (rows, columns) = (heatmap.shape[2], heatmap.shape[3])
        let stride = max(1, input.columns / columns)
        var list = CandidateList(input: input, classCount: 1, finest: stride)
        for row in 0..<rows {
            for column in 0..<columns {
                let side = Double(stride)
                let whole = Box<InputPixels>(
                    centerX: (Double(column) + Double(offset[item, 1, row, column]) + 0.5) * side,
                    centerY: (Double(row) + Double(offset[item, 0, row, column]) + 0.5) * side,
                    width: exp(Double(scale[item, 1, row, column])) * side,
                    height: exp(Double(scale[item, 0, row, column])) * side)
                let box = whole.clipped(width: Double(input.columns), height: Double(input.rows))
                let score = heatmap[item, 0, row, column]
                // As in the published code: from the corner of the clipped box, in fractions of the unclipped width and height.
                let counts = score >= CandidateList.lowestScore
                let keypoints = landmarks.flatMap { counts ? outputs[$0] : nil }.map { landmarks in
                    (0..<Self.face.keypointCount).map { keypoint in
                        ScoredKeypoint<InputPixels>(
                            x: box.xMin + Double(landmarks[item, 2 * keypoint + 1, row, column]) * whole.width,
                            y: box.yMin + Double(landmarks[item, 2 * keypoint, row, column]) * whole.height,
                            score: score)
                    }
                }
                list.add(
                    .init(
                        index: row * columns + column, row: row, column: column, stride: stride, classIndex: 0,
                        score: score, box: box, keypoints: keypoints ?? []))
            }
        }
        return list.image(overlap: overlap, limit: limit)
    }

    /// Returns the score or the centre's offset; widths and heights are predicted as logarithms, which are not lengths.
    public func elements(of quantity: DetectedQuantity, of detection: DetectionSource) -> [OutputElement]? {
        let place = [detection.row, detection.column]
        return switch quantity {
        case .score: [.init(heatmap, [0] + place)]
        case .offsetX: [.init(offset, [1] + place, weight: 4)]
        case .offsetY: [.init(offset, [0] + place, weight: 4)]
        default: nil
        }
    }
}
