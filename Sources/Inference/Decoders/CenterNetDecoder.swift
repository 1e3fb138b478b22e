import Boxes
import PeakDecoding
import Tensors

/// Reads CenterNet's heads: `heatmap` (logits, `[batch, class, row, column]`), `size` (width and height in cells) and `offset` (where
/// in its cell a centre lies), both `[batch, 2, row, column]` ("Objects as Points", Zhou et al., 2019, sections 3 and 4).
public struct CenterNetDecoder: DetectionDecoder {
    /// `centernet`.
    public let name = "centernet"
    /// What the network calls its heads.
    public let heatmap, size, offset: String
    /// Whether the heatmap holds probabilities already.
    public let holdsProbabilities: Bool

    /// A decoder of heads by these names.
    public init(
        heatmap: String = "heatmap", size: String = "size", offset: String = "offset", holdsProbabilities: Bool = false
    ) {
        (self.heatmap, self.size, self.offset) = (heatmap, size, offset)
        self.holdsProbabilities = holdsProbabilities
    }

    /// Finds the heads among a network's outputs: by our names or the published ones, else by their order, the heatmap first.
    ///
    /// - Throws: ``DecoderError/outputs(decoder:wanted:found:)``.
    public init(outputs: [NetworkOutput]) throws(DecoderError) {
        let maps = outputs.filter { $0.shape.count == 4 }
        func find(_ names: [String]) -> NetworkOutput? { maps.first { names.contains($0.name) } }
        let pairs = maps.filter { $0.shape[1] == 2 }
        let heatmap = find(["heatmap", "hm"]) ?? maps.first
        let size = find(["size", "wh"]) ?? pairs.first { $0.name != heatmap?.name }
        let offset = find(["offset", "reg"]) ?? pairs.first { ![heatmap?.name, size?.name].contains($0.name) }
        guard let heatmap, let size, let offset, size.shape[1] == 2, offset.shape[1] == 2,
            size.shape[2...] == heatmap.shape[2...], offset.shape[2...] == heatmap.shape[2...]
        else {
            throw .outputs(
                decoder: "centernet", wanted: "a heatmap [batch, class, row, column] and two maps of two channels",
                found: outputs.shapesByName)
        }
        self.init(
            heatmap: heatmap.name, size: size.name, offset: offset.name, holdsProbabilities: heatmap.isProbability)
    }

    /// The three heads.
    public var outputs: [String] { [heatmap, size, offset] }

    /// Heatmaps and sizes are averaged with the mirrored ones, as CenterNet's flip test does. The offset stays: it would have to be
    /// turned round, and is right for the unmirrored grid alone.
    public func decode(
        _ outputs: [String: Tensor], mirrored: [String: Tensor]?, item: Int, input: InputExtent, limit: Int
    ) -> DecodedPicture {
        var maps = maps(outputs, item)
        if let mirrored {
            let other = self.maps(mirrored, item)
            maps.probabilities = maps.probabilities.mean(with: other.probabilities.mirrored)
            maps.size = maps.size.mean(with: other.size.mirrored)
        }
        let cells = PeakDecoder(maximumDetections: limit).decode(
            probabilities: maps.probabilities, size: maps.size, offset: maps.offset)
        let toInput = AffineMap<OutputCells, InputPixels>(
            scaleX: Double(input.columns) / Double(maps.probabilities.shape[3]),
            scaleY: Double(input.rows) / Double(maps.probabilities.shape[2]))
        return DecodedPicture(
            detections: cells.map { $0.mapped(by: toInput) }, heatmap: maps.probabilities.item(0),
            centers: (maps.size.item(0), maps.offset.item(0)))
    }

    private func maps(
        _ outputs: [String: Tensor], _ item: Int
    ) -> (probabilities: Tensor, size: Tensor, offset: Tensor) {
        func map(_ name: String) -> Tensor {
            guard let output = outputs[name] else { preconditionFailure("there is no output '\(name)'") }
            return output.items(item..<item + 1)
        }
        return (holdsProbabilities ? map(heatmap) : sigmoid(map(heatmap)), map(size), map(offset))
    }

    /// Sizes are in cells of four pixels.
    public func elements(of quantity: DetectedQuantity, of detection: DetectionSource) -> [OutputElement]? {
        let (row, column, scale) = (detection.row, detection.column, Float(Self.stride))
        func size(_ axis: Int, _ weight: Float) -> OutputElement {
            .init(self.size, [axis, row, column], weight: weight)
        }
        func offset(_ axis: Int, _ weight: Float) -> OutputElement {
            .init(self.offset, [axis, row, column], weight: weight)
        }
        return switch quantity {
        case .score: [.init(heatmap, [detection.classIndex, row, column])]
        case .width: [size(0, scale)]
        case .height: [size(1, scale)]
        case .offsetX: [offset(0, scale)]
        case .offsetY: [offset(1, scale)]
        case .left: [size(0, scale / 2), offset(0, -scale)]
        case .top: [size(1, scale / 2), offset(1, -scale)]
        case .right: [size(0, scale / 2), offset(0, scale)]
        case .bottom: [size(1, scale / 2), offset(1, scale)]
        }
    }

    private static let stride = 4
}

extension Tensor {
    fileprivate func mean(with other: Tensor) -> Tensor {
        var result = self
        result.withMutableElements { elements in
            other.withElements { others in
                for index in elements.indices { elements[index] = (elements[index] + others[index]) / 2 }
            }
        }
        return result
    }
}
