import Boxes
import Networks
import PeakDecoding
import Tensors

/// Decodes CenterNet's heads: `heatmap` (logits, `[batch, class, row, column]`), `size` (width and height in cells) and `offset` (of the
/// centre in its cell), both `[batch, 2, row, column]` ("Objects as Points", Zhou et al., 2019, sections 3 and 4).
public struct CenterNetDecoder: DetectionDecoder {
    /// `centernet`.
    public let name = "centernet"
    /// The names of the network's heads.
    public let heatmap, size, offset: String
    /// Whether heatmaps already hold probabilities.
    public let holdsProbabilities: Bool
    /// The number of heatmap channels.
    public let classCount: Int?
    /// The keypoint outputs; nil for a network without keypoints.
    public let keypoints: KeypointOutputs?

    /// Creates a decoder of heads with these names.
    public init(
        heatmap: String = "heatmap", size: String = "size", offset: String = "offset", holdsProbabilities: Bool = false,
        classCount: Int? = nil, keypoints: KeypointOutputs? = nil
    ) {
        (self.heatmap, self.size, self.offset) = (heatmap, size, offset)
        self.holdsProbabilities = holdsProbabilities
        self.classCount = classCount
        self.keypoints = keypoints
    }

    /// Finds the heads among a network's outputs: by pinpoint's names or the published ones, or else by their order, the heatmap first.
    ///
    /// - Parameter skeleton: The keypoints, for networks with keypoint heads under pinpoint's names or the published ones.
    /// - Throws: ``DecoderError/outputs(decoder:wanted:found:)``.
    public init(outputs: [NetworkOutput], skeleton: Skeleton? = nil) throws(DecoderError) {
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
                decoder: "centernet", wanted: "a heatmap [batch, class, row, column] and two maps with two channels",
                found: outputs.shapesByName)
        }
        var keypoints: KeypointOutputs?
        if let skeleton { keypoints = try KeypointOutputs(outputs: maps, heatmap: heatmap, skeleton: skeleton) }
        self.init(
            heatmap: heatmap.name, size: size.name, offset: offset.name, holdsProbabilities: heatmap.isProbability,
            classCount: heatmap.shape[1], keypoints: keypoints)
    }

    /// The three heads for boxes, and the three for keypoints if there are any.
    public var outputs: [String] { [heatmap, size, offset] + (keypoints?.names ?? []) }

    /// Whether the heatmap holds probabilities or logits.
    public var scoreForm: ScoreForm { holdsProbabilities ? .probability : .logit }

    /// True: detections come from heatmap cells.
    public var cellsAreOfHeatmap: Bool { true }

    /// The skeleton of the keypoints; nil without keypoints.
    public var skeleton: Skeleton? { keypoints?.skeleton }

    /// Decodes the outputs. Heatmaps, sizes and keypoint displacements are averaged with the mirrored ones, as in CenterNet's flip test.
    /// Offsets are not: they would have to be mirrored, and are valid only for the unmirrored grid.
    public func decode(
        _ outputs: [String: Tensor], mirrored: [String: Tensor]?, item: Int, input: InputExtent, limit: Int
    ) -> DecodedImage {
        var maps = maps(outputs, item)
        var keypointMaps = keypoints?.maps(outputs, item, holdsProbabilities: holdsProbabilities)
        if let keypoints, let mirrored {
            keypointMaps?.average(
                withMirrored: keypoints.maps(mirrored, item, holdsProbabilities: holdsProbabilities),
                order: keypoints.skeleton.mirrored)
        }
        if let mirrored {
            let other = self.maps(mirrored, item)
            maps.probabilities = maps.probabilities.mean(with: other.probabilities.mirrored)
            maps.size = maps.size.mean(with: other.size.mirrored)
        }
        let cells = PeakDecoder(maximumDetections: limit).decode(
            probabilities: maps.probabilities, size: maps.size, offset: maps.offset, keypoints: keypointMaps)
        let toInput = AffineMap<OutputCells, InputPixels>(
            scaleX: Double(input.columns) / Double(maps.probabilities.shape[3]),
            scaleY: Double(input.rows) / Double(maps.probabilities.shape[2]))
        return DecodedImage(
            detections: cells.map { $0.mapped(by: toInput) }, heatmap: maps.probabilities.item(0),
            centers: (maps.size.item(0), maps.offset.item(0)), keypoints: keypointMaps)
    }

    private func maps(
        _ outputs: [String: Tensor], _ item: Int
    ) -> (probabilities: Tensor, size: Tensor, offset: Tensor) {
        func map(_ name: String) -> Tensor {
            guard let output = outputs[name] else { preconditionFailure("the output '\(name)' is missing") }
            return output.items(item..<item + 1)
        }
        return (holdsProbabilities ? map(heatmap) : sigmoid(map(heatmap)), map(size), map(offset))
    }

    /// Returns elements of the heads; sizes are in cells of four pixels.
    public func elements(of quantity: DetectedQuantity, of detection: DetectionSource) -> [OutputElement]? {
        let (row, column, scale) = (detection.row, detection.column, Float(outputStride))
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

    /// Returns elements of the keypoint heads: displacements in the object's centre cell, scores in the keypoint's own cell.
    public func elements(
        of kind: KeypointQuantity.Kind, keypoint: Int, at place: ScoredKeypoint<InputPixels>,
        of detection: DetectionSource
    ) -> [OutputElement]? {
        guard let keypoints else { return nil }
        let (row, column) = (Int(place.y) / outputStride, Int(place.x) / outputStride)
        func displacement(_ axis: Int) -> [OutputElement] {
            let place = [2 * keypoint + axis, detection.row, detection.column]
            return [.init(keypoints.displacement, place, weight: Float(outputStride))]
        }
        return switch kind {
        case .score: [.init(keypoints.heatmap, [keypoint, row, column])]
        case .x: displacement(0)
        case .y: displacement(1)
        }
    }
}
