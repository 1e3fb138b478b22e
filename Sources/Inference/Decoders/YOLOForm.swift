import Boxes
import Tensors

/// The forms in which networks of the YOLO family return their answers.
enum YOLOForm: Sendable {
    /// Raw grids with anchors: x, y, width, height, objectness and a logit a class for each anchor in each cell.
    case anchorGrids([YOLOGrid])
    /// Raw grids without anchors: a distribution over distances for each edge, and a logit a class, in each cell.
    case distributionGrids([YOLODistributionGrid])
    /// Boxes that the graph decodes: middle and extents in input pixels, then probabilities.
    case boxes(YOLOBoxes)

    /// - Throws: ``DecoderError`` when the shapes are none of these.
    init(
        _ version: YOLOVersion, _ outputs: [NetworkOutput], input: InputExtent, anchors: [Double]?,
        classCount: Int?
    ) throws(DecoderError) {
        let maps = outputs.filter { [4, 5].contains($0.shape.count) }
        let tables = outputs.filter { $0.shape.count == 3 }
        // Exports for training carry raw grids beside the decoded boxes: those are complete.
        if let table = tables.first,
            let boxes = YOLOBoxes(table.name, table.shape, version: version, input: input, classCount: classCount)
        {
            self = .boxes(boxes)
        } else if version == .v8, let grids = Self.distributions(maps, input: input) {
            self = .distributionGrids(grids)
        } else if version != .v8, !maps.isEmpty {
            self = .anchorGrids(try Self.grids(version, maps, input: input, anchors: anchors))
        } else {
            throw .outputs(
                decoder: version.rawValue,
                wanted: version == .v8
                    ? "boxes [batch, 4 + classes, answers] or maps [batch, 64 + classes, row, column]"
                    : "boxes [batch, answers, 5 + classes] or maps [batch, anchors x (5 + classes), row, column]",
                found: outputs.shapesByName)
        }
    }

    private static func distributions(
        _ maps: [NetworkOutput], input: InputExtent
    ) -> [YOLODistributionGrid]? {
        let bins = 16
        let grids = maps.filter { $0.shape.count == 4 && $0.shape[1] > 4 * bins }.map { map in
            YOLODistributionGrid(
                output: map.name, bins: bins, classCount: map.shape[1] - 4 * bins, rows: map.shape[2],
                columns: map.shape[3], stride: max(1, input.columns / map.shape[3]))
        }
        return grids.isEmpty ? nil : grids.sorted { $0.stride < $1.stride }
    }

    private static func grids(
        _ version: YOLOVersion, _ maps: [NetworkOutput], input: InputExtent, anchors: [Double]?
    ) throws(DecoderError) -> [YOLOGrid] {
        let maps = maps.sorted { $0.shape[$0.shape.count - 2] > $1.shape[$1.shape.count - 2] }
        if let anchors, anchors.count % (2 * maps.count) != 0 {
            throw .setting(
                "\(anchors.count) numbers are no anchors for \(maps.count) grids: each anchor is a width and a height")
        }
        let table =
            anchors.map { YOLOVersion.anchors($0, gridCount: maps.count) } ?? version.anchors(gridCount: maps.count)
        var grids: [YOLOGrid] = []
        for (map, anchors) in zip(maps, table) {
            guard let grid = YOLOGrid(map.name, map.shape, version: version, anchors: anchors, input: input) else {
                throw .outputs(
                    decoder: version.rawValue, wanted: "maps for \(anchors.count) anchors a cell",
                    found: maps.shapesByName)
            }
            grids.append(grid)
        }
        return grids
    }

    var outputs: [String] {
        switch self {
        case .anchorGrids(let grids): grids.map(\.output)
        case .distributionGrids(let grids): grids.map(\.output)
        case .boxes(let boxes): [boxes.output]
        }
    }

    var classCount: Int {
        switch self {
        case .anchorGrids(let grids): grids[0].classCount
        case .distributionGrids(let grids): grids[0].classCount
        case .boxes(let boxes): boxes.classCount
        }
    }

    var finestStride: Int {
        switch self {
        case .anchorGrids(let grids): grids.map(\.stride).min() ?? 8
        case .distributionGrids(let grids): grids.map(\.stride).min() ?? 8
        case .boxes: 8
        }
    }

    /// Whether the graph has suppressed overlapping boxes already.
    var isFinal: Bool {
        if case .boxes(let boxes) = self { return boxes.layout == .final }
        return false
    }

    /// Hands out every answer for one item of a batch.
    func read(_ outputs: [String: Tensor], item: Int, _ use: (CandidateList.Candidate) -> Void) {
        func values(_ name: String, _ body: (UnsafeBufferPointer<Float>) -> Void) {
            guard let output = outputs[name] else { preconditionFailure("the output '\(name)' is missing") }
            output.item(item).withElements(body)
        }
        var first = 0
        switch self {
        case .anchorGrids(let grids):
            for grid in grids {
                values(grid.output) { grid.read($0, first: first, use) }
                first += grid.count
            }
        case .distributionGrids(let grids):
            for grid in grids {
                values(grid.output) { grid.read($0, first: first, use) }
                first += grid.count
            }
        case .boxes(let boxes): values(boxes.output) { boxes.read($0, use) }
        }
    }

    func elements(of quantity: DetectedQuantity, of detection: DetectionSource) -> [OutputElement]? {
        var rest = detection.candidate
        switch self {
        case .anchorGrids(let grids):
            for grid in grids {
                if rest < grid.count {
                    return quantity == .score ? grid.scoreElements(rest, detection.classIndex) : nil
                }
                rest -= grid.count
            }
            return nil
        case .distributionGrids(let grids):
            for grid in grids {
                if rest < grid.count {
                    return quantity == .score ? grid.scoreElements(rest, detection.classIndex) : nil
                }
                rest -= grid.count
            }
            return nil
        case .boxes(let boxes): return boxes.elements(of: quantity, candidate: rest, classIndex: detection.classIndex)
        }
    }
}
