import Boxes
import DetectionHeads
import PeakDecoding
import Tensors

/// Reads CenterNet's heads, as ``DetectionHead`` describes them ("Objects as Points", Zhou et al., 2019, sections 3 to 5).
public struct CenterNetDecoder: DetectionDecoder {
    /// `centernet`.
    public let name = "centernet"
    /// What the network calls the output of each of its heads.
    public let names: [DetectionHead: String]
    /// Whether heatmaps hold probabilities already.
    public let holdsProbabilities: Bool
    /// How many channels the heatmap has.
    public let classCount: Int?
    /// What the keypoints of its objects are; nil for boxes alone.
    public let skeleton: Skeleton?
    /// Whether the objects are boxes or points: those of a network without sizes.
    public let objectKind: ObjectKind
    /// Input pixels per output cell.
    public let stride: Double

    /// A decoder of a network of ours, or of one whose outputs have the same names.
    public init(
        holdsProbabilities: Bool = false, classCount: Int? = nil, skeleton: Skeleton? = nil,
        objectKind: ObjectKind = .boxes
    ) {
        let heads = DetectionHead.all(keypointCount: skeleton?.keypointCount ?? 0, objects: objectKind)
        names = Dictionary(uniqueKeysWithValues: heads.map { ($0, $0.name) })
        self.holdsProbabilities = holdsProbabilities
        self.classCount = classCount
        self.skeleton = skeleton
        self.objectKind = objectKind
        stride = Double(outputStride)
    }

    /// Finds the heads among a network's outputs: by our names or the published ones, else by their order, the heatmap first. A network
    /// whose heatmap and offset are found by name, and that has no other map of two channels, detects points.
    ///
    /// - Parameters:
    ///   - input: The input for which the outputs have their shapes.
    ///   - skeleton: What the keypoints are, for networks with heads for them under our names or the published ones.
    /// - Throws: ``DecoderError/outputs(decoder:wanted:found:)``.
    public init(outputs: [NetworkOutput], input: InputExtent, skeleton: Skeleton? = nil) throws(DecoderError) {
        let maps = outputs.filter { $0.shape.count == 4 }
        func find(_ head: DetectionHead) -> NetworkOutput? {
            maps.first { [head.name, head.publishedName].contains($0.name) }
        }
        let pairs = maps.filter { $0.shape[1] == 2 }
        let heatmap = find(.heatmap) ?? maps.first
        let isNamed = find(.heatmap) != nil && find(.offset) != nil
        let others = pairs.filter { ![heatmap?.name, isNamed ? find(.offset)?.name : nil].contains($0.name) }
        let size = find(.size) ?? others.first
        let offset = find(.offset) ?? pairs.first { ![heatmap?.name, size?.name].contains($0.name) }
        guard let heatmap, let offset, size != nil || isNamed, (size ?? offset).shape[1] == 2, offset.shape[1] == 2,
            (size ?? offset).shape[2...] == heatmap.shape[2...], offset.shape[2...] == heatmap.shape[2...]
        else {
            throw .outputs(
                decoder: "centernet", wanted: "a heatmap [batch, class, row, column] and two maps of two channels",
                found: outputs.shapesByName)
        }
        var names: [DetectionHead: String] = [.heatmap: heatmap.name, .offset: offset.name]
        names[.size] = size?.name
        objectKind = size == nil ? .points : .boxes
        let keypointHeads = DetectionHead.all.filter { $0.subject == .keypoints }
        let found = keypointHeads.compactMap { head in find(head).map { (head: head, output: $0) } }
        if let skeleton, !found.isEmpty {
            func channels(_ head: DetectionHead) -> Int {
                head.channelCount(classes: heatmap.shape[1], keypoints: skeleton.keypointCount)
            }
            guard found.count == keypointHeads.count,
                found.allSatisfy({ head, output in
                    output.shape == [heatmap.shape[0], channels(head)] + heatmap.shape[2...]
                })
            else {
                func list(_ words: [String]) -> String { words.joined(separator: ", ") }
                throw .outputs(
                    decoder: "centernet",
                    wanted: "for \(skeleton.keypointCount) keypoints \(list(keypointHeads.map(\.name))) of "
                        + "\(list(keypointHeads.map { "\(channels($0))" })) channels, or "
                        + list(keypointHeads.map(\.publishedName)),
                    found: outputs.shapesByName)
            }
            for (head, output) in found { names[head] = output.name }
        }
        self.names = names
        holdsProbabilities = heatmap.isProbability
        classCount = heatmap.shape[1]
        self.skeleton = found.isEmpty ? nil : skeleton
        stride = Double(input.rows) / Double(max(1, heatmap.shape[2]))
    }

    /// The heads that it reads.
    private var heads: [DetectionHead] { DetectionHead.all.filter { names[$0] != nil } }

    /// What the network calls a head.
    private func output(of head: DetectionHead) -> String {
        guard let name = names[head] else { preconditionFailure("the network has no head '\(head.name)'") }
        return name
    }

    /// The heads' outputs.
    public var outputs: [String] { heads.map(output) }

    /// What the heatmap holds.
    public var scoreForm: ScoreKind { holdsProbabilities ? .probability : .logit }

    /// The heatmap's.
    public var usesHeatmapCells: Bool { true }

    /// Merged with the mirrored image as ``DetectionHead/mirroring`` says, which is CenterNet's flip test. Offsets stay as they are: they
    /// would have to be turned round, and are right for the unmirrored grid alone.
    public func decode(
        _ outputs: [String: Tensor], mirrored: [String: Tensor]?, item: Int, input: InputExtent, limit: Int
    ) -> DecodedImage {
        var maps: [DetectionHead: Tensor] = [:]
        for head in heads {
            let map = answer(of: head, outputs, item)
            maps[head] = mirrored.map { map.merged(with: answer(of: head, $0, item), of: head, skeleton) } ?? map
        }
        guard let probabilities = maps[.heatmap], let offset = maps[.offset] else {
            preconditionFailure("a decoder without a heatmap and offsets")
        }
        let size = maps[.size]
        var keypoints: KeypointMaps?
        if let displacement = maps[.keypointDisplacement], let heatmap = maps[.keypointHeatmap],
            let offset = maps[.keypointOffset]
        {
            keypoints = KeypointMaps(displacement: displacement, probabilities: heatmap, offset: offset)
        }
        let cells = PeakDecoder(maximumDetections: limit).decode(
            probabilities: probabilities, size: size, offset: offset, keypoints: keypoints)
        let toInput = AffineMap<OutputCells, InputPixels>(
            scaleX: Double(input.columns) / Double(probabilities.shape[3]),
            scaleY: Double(input.rows) / Double(probabilities.shape[2]))
        return DecodedImage(
            detections: cells.map { $0.mapped(by: toInput) }, heatmap: probabilities.item(0),
            centers: (size?.item(0), offset.item(0)), keypoints: keypoints)
    }

    /// What a head answers about one item of a batch, as a batch of one; probabilities where it has a sigmoid.
    private func answer(of head: DetectionHead, _ outputs: [String: Tensor], _ item: Int) -> Tensor {
        let name = output(of: head)
        guard let output = outputs[name] else { preconditionFailure("there is no output '\(name)'") }
        let map = output.items(item..<item + 1)
        return head.activation == .sigmoid && !holdsProbabilities ? sigmoid(map) : map
    }

    /// Sizes are in cells; points have none.
    public func elements(of quantity: DetectedQuantity, of detection: DetectionSource) -> [OutputElement]? {
        let (row, column, scale) = (detection.row, detection.column, Float(stride))
        func size(_ axis: Int, _ weight: Float) -> OutputElement {
            .init(output(of: .size), [axis, row, column], weight: weight)
        }
        func offset(_ axis: Int, _ weight: Float) -> OutputElement {
            .init(output(of: .offset), [axis, row, column], weight: weight)
        }
        if objectKind == .points && ![.score, .offsetX, .offsetY].contains(quantity) { return nil }
        return switch quantity {
        case .score: [.init(output(of: .heatmap), [detection.classIndex, row, column])]
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

    /// Displacements are read in the object's centre cell, and a keypoint's score in the keypoint's own.
    public func elements(
        of kind: KeypointQuantity.Kind, keypoint: Int, at place: ScoredKeypoint<InputPixels>,
        of detection: DetectionSource
    ) -> [OutputElement]? {
        guard skeleton != nil else { return nil }
        let (row, column) = (Int(place.y / stride), Int(place.x / stride))
        func displacement(_ axis: Int) -> [OutputElement] {
            let place = [2 * keypoint + axis, detection.row, detection.column]
            return [.init(output(of: .keypointDisplacement), place, weight: Float(stride))]
        }
        return switch kind {
        case .score: [.init(output(of: .keypointHeatmap), [keypoint, row, column])]
        case .x: displacement(0)
        case .y: displacement(1)
        }
    }
}
