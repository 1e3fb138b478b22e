import Boxes
import Foundation
import PeakDecoding
import Tensors

/// Decodes a Siamese tracker's response map: the similarity of the template and each position of the search image (Bertinetto et al.,
/// arXiv:1606.09549). The maximum is the object's new position.
public struct SiameseDecoder: DetectionDecoder {
    /// `siamese`.
    public let name = "siamese"
    /// The name of the response map: `[batch, 1, row, column]`, or two channels of which the second is the object's.
    public let response: String
    /// The object's size in input pixels.
    public let objectExtent: (width: Double, height: Double)
    /// The distance between two cells in input pixels.
    public let stride: Double
    private let channel: Int
    private let holdsProbabilities: Bool

    /// Finds the map among a network's outputs.
    ///
    /// - Parameters:
    ///   - objectExtent: The object's size in input pixels.
    ///   - stride: The distance between two cells in input pixels; 8 for SiamFC.
    /// - Throws: ``DecoderError/outputs(decoder:wanted:found:)``.
    public init(
        outputs: [NetworkOutput], objectExtent: (width: Double, height: Double), stride: Double
    ) throws(DecoderError) {
        guard let map = outputs.first(where: { $0.shape.count == 4 && $0.shape[1] <= 2 }) else {
            throw .outputs(
                decoder: "siamese", wanted: "a map [batch, 1 or 2, row, column]", found: outputs.shapesByName)
        }
        response = map.name
        channel = map.shape[1] - 1
        holdsProbabilities = map.isProbability
        self.objectExtent = objectExtent
        self.stride = stride
    }

    /// The response map.
    public var outputs: [String] { [response] }

    /// One class: the template's object.
    public var classCount: Int? { 1 }

    /// Whether the map holds probabilities or logits.
    public var scoreForm: ScoreKind { holdsProbabilities ? .probability : .logit }

    /// Decodes the peaks, the highest first; the map is centred in the input.
    public func decode(
        _ outputs: [String: Tensor], mirrored: [String: Tensor]?, item: Int, input: InputExtent, limit: Int
    ) -> DecodedImage {
        decode(outputs, item, input, limit)
            .merged(withMirrored: mirrored.map { decode($0, item, input, limit) }, input: input, limit: limit)
    }

    private func decode(_ outputs: [String: Tensor], _ item: Int, _ input: InputExtent, _ limit: Int) -> DecodedImage {
        guard let map = outputs[response]?.item(item).item(channel) else {
            preconditionFailure("the output '\(response)' is missing")
        }
        let (rows, columns) = (map.shape[0], map.shape[1])
        let probabilities = (holdsProbabilities ? map : sigmoid(map)).reshaped([1, 1, rows, columns])
        let flat = Tensor([1, 2, rows, columns])
        let peaks = PeakDecoder(maximumDetections: limit).decode(
            probabilities: probabilities, size: flat, offset: flat)
        let detections = peaks.map { peak in
            Detection(
                classIndex: 0, score: peak.score,
                box: Box<InputPixels>(
                    centerX: place(peak.column, columns, input.columns), centerY: place(peak.row, rows, input.rows),
                    width: objectExtent.width, height: objectExtent.height), row: peak.row, column: peak.column)
        }
        return DecodedImage(detections: detections, heatmap: whole(probabilities, input))
    }

    /// Returns the centre of a cell along one axis.
    private func place(_ cell: Int, _ count: Int, _ extent: Int) -> Double {
        Double(extent) / 2 + (Double(cell) - Double(count - 1) / 2) * stride
    }

    /// Returns the map with an empty margin, so that it covers the whole input: no template can be centred near the edges.
    private func whole(_ map: Tensor, _ input: InputExtent) -> Tensor {
        let (rows, columns) = (map.shape[2], map.shape[3])
        func side(_ extent: Int, _ count: Int) -> Int {
            let side = max(count, Int((Double(extent) / stride).rounded()))
            return (side - count) % 2 == 0 ? side : side + 1
        }
        let (wholeRows, wholeColumns) = (side(input.rows, rows), side(input.columns, columns))
        var whole = Tensor([1, wholeRows, wholeColumns])
        let (top, left) = ((wholeRows - rows) / 2, (wholeColumns - columns) / 2)
        whole.withMutableElements { cells in
            map.withElements { values in
                for row in 0..<rows {
                    for column in 0..<columns {
                        cells[(top + row) * wholeColumns + left + column] = values[row * columns + column]
                    }
                }
            }
        }
        return whole
    }

    /// Returns the score only: a response map does not contain sizes.
    public func elements(of quantity: DetectedQuantity, of detection: DetectionSource) -> [OutputElement]? {
        quantity == .score ? [.init(response, [channel, detection.row, detection.column])] : nil
    }
}
