import Boxes
import Foundation
import PeakDecoding
import Tensors

/// Reads CenterFace (Xu et al., arXiv:1911.03599): the probability of a face in each cell of four pixels, the logarithms of its height
/// and width, and where in its cell the centre lies, y first.
public struct CenterFaceDecoder: DetectionDecoder {
    /// `centerface`.
    public let name = "centerface"
    /// What the network calls its outputs.
    public let heatmap, scale, offset: String
    /// The overlap from which on the less sure of two faces goes.
    public var overlap = 0.3

    /// Finds the outputs among a network's: the heatmap has one channel, scale and offset have two, in this order.
    ///
    /// - Parameter outputs: In the network's order, with their shapes.
    /// - Throws: ``DecoderError/outputs(decoder:wanted:found:)``.
    public init(outputs: [NetworkOutput]) throws(DecoderError) {
        let maps = outputs.filter { $0.shape.count == 4 }
        let pairs = maps.filter { $0.shape[1] == 2 }
        guard let heatmap = maps.first(where: { $0.shape[1] == 1 }), pairs.count == 2,
            pairs.allSatisfy({ $0.shape[2...] == heatmap.shape[2...] })
        else {
            throw .outputs(
                decoder: name, wanted: "a map of one channel and two of two channels, of one extent",
                found: outputs.shapesByName)
        }
        self.heatmap = heatmap.name
        (scale, offset) = (pairs[0].name, pairs[1].name)
    }

    /// Heatmap, scale, offset.
    public var outputs: [String] { [heatmap, scale, offset] }

    /// Every cell that is sure enough is a face; of overlapping ones the surest stays.
    public func decode(
        _ outputs: [String: Tensor], mirrored: [String: Tensor]?, item: Int, input: InputExtent, limit: Int
    ) -> DecodedPicture {
        let decoded = decode(outputs, item, input, limit)
        guard let mirrored else { return decoded }
        return decoded.merged(withMirrored: decode(mirrored, item, input, limit), input: input, limit: limit)
    }

    private func decode(_ outputs: [String: Tensor], _ item: Int, _ input: InputExtent, _ limit: Int) -> DecodedPicture
    {
        guard let heatmap = outputs[heatmap], let scale = outputs[scale], let offset = outputs[offset] else {
            preconditionFailure("the outputs \(self.outputs) are missing")
        }
        let (rows, columns) = (heatmap.shape[2], heatmap.shape[3])
        let stride = max(1, input.columns / columns)
        var list = CandidateList(input: input, classCount: 1, finest: stride)
        for row in 0..<rows {
            for column in 0..<columns {
                let side = Double(stride)
                let box = Box<InputPixels>(
                    centerX: (Double(column) + Double(offset[item, 1, row, column]) + 0.5) * side,
                    centerY: (Double(row) + Double(offset[item, 0, row, column]) + 0.5) * side,
                    width: exp(Double(scale[item, 1, row, column])) * side,
                    height: exp(Double(scale[item, 0, row, column])) * side)
                list.add(
                    .init(
                        index: row * columns + column, row: row, column: column, stride: stride, classIndex: 0,
                        score: heatmap[item, 0, row, column],
                        box: box.clipped(width: Double(input.columns), height: Double(input.rows))))
            }
        }
        return list.picture(overlap: overlap, limit: limit)
    }

    /// The score alone: the extents' logarithms are no lengths.
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
