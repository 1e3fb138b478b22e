import Boxes
import Networks
import PeakDecoding
import Tensors

/// Reads CenterNet's heads: `heatmap` (logits, `[batch, class, row, column]`), `size` (width and height in cells) and `offset` (where
/// in its cell a centre lies), both `[batch, 2, row, column]` ("Objects as Points", Zhou et al., 2019, sections 3 and 4).
public struct CenterNetDecoder: DetectionDecoder {
    /// `centernet`.
    public let name = "centernet"
    /// What the network calls its heads.
    public let heatmap, size, offset: String
    /// Whether heatmaps hold probabilities already.
    public let holdsProbabilities: Bool
    /// How many channels the heatmap has.
    public let classCount: Int?
    /// What it answers about keypoints; nil for boxes alone.
    public let keypoints: KeypointOutputs?

    /// A decoder of heads by these names.
    public init(
        heatmap: String = "heatmap", size: String = "size", offset: String = "offset", holdsProbabilities: Bool = false,
        classCount: Int? = nil, keypoints: KeypointOutputs? = nil
    ) {
        (self.heatmap, self.size, self.offset) = (heatmap, size, offset)
        self.holdsProbabilities = holdsProbabilities
        self.classCount = classCount
        self.keypoints = keypoints
    }

    /// Finds the heads among a network's outputs: by our names or the published ones, else by their order, the heatmap first.
    ///
    /// - Parameter skeleton: What the keypoints are, for networks with heads for them under our names or the published ones.
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
                decoder: "centernet", wanted: "a heatmap [batch, class, row, column] and two maps of two channels",
                found: outputs.shapesByName)
        }
        var keypoints: KeypointOutputs?
        if let skeleton { keypoints = try KeypointOutputs(outputs: maps, heatmap: heatmap, skeleton: skeleton) }
        self.init(
            heatmap: heatmap.name, size: size.name, offset: offset.name, holdsProbabilities: heatmap.isProbability,
            classCount: heatmap.shape[1], keypoints: keypoints)
    }

    /// The three heads for boxes, and the three for keypoints where there are any.
    public var outputs: [String] { [heatmap, size, offset] + (keypoints?.names ?? []) }

    /// What the heatmap holds.
    public var scoreForm: ScoreForm { holdsProbabilities ? .probability : .logit }

    /// The heatmap's.
    public var cellsAreOfHeatmap: Bool { true }

    /// What its keypoints are.
    public var skeleton: Skeleton? { keypoints?.skeleton }

    /// Heatmaps, sizes and keypoint displacements are averaged with the mirrored ones, as CenterNet's flip test does. Offsets stay: they
    /// would have to be turned round, and are right for the unmirrored grid alone.
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
            guard let output = outputs[name] else { preconditionFailure("there is no output '\(name)'") }
            return output.items(item..<item + 1)
        }
        return (holdsProbabilities ? map(heatmap) : sigmoid(map(heatmap)), map(size), map(offset))
    }

    /// Sizes are in cells of four pixels.
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

    /// Displacements are read in the object's centre cell, and how sure a keypoint is in the keypoint's own.
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
