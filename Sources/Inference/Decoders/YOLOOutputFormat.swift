import Boxes
import Tensors

/// The output formats of networks of the YOLO family.
enum YOLOOutputFormat: Sendable {
    /// Raw grids with anchors: x, y, width, height, objectness and one logit per class for each anchor in each cell.
    case anchorGrids([YOLOGrid])
    /// Raw grids without anchors: a distribution over distances for each edge, and one logit per class, in each cell.
    case distributionGrids([YOLODistributionGrid])
    /// Boxes that the graph decodes: centre and size in input pixels, then probabilities.
    case boxes(YOLOBoxes)

    /// - Throws: ``DecoderError`` when the shapes match none of the formats.
    init(
        _ version: YOLOVersion, _ outputs: [NetworkOutput], input: InputExtent, anchors: [Double]?,
        classCount: Int?
    ) throws(DecoderError) {
        let maps = outputs.filter { [4, 5].contains($0.shape.count) }
        let tables = outputs.filter { $0.shape.count == 3 }
        // Training exports return raw grids in addition to the decoded boxes; the boxes suffice.
        if let table = tables.first { try Self.refuseMasks(maps, beside: table, input: input) }
        if let table = tables.first,
            let boxes = try YOLOBoxes(table, version: version, input: input, classCount: classCount)
        {
            self = .boxes(boxes)
        } else if version == .v8, let grids = Self.distributions(maps, input: input) {
            self = .distributionGrids(grids)
        } else if version != .v8, version != .x, !maps.isEmpty {
            self = .anchorGrids(try Self.grids(version, maps, input: input, anchors: anchors))
        } else {
            throw .outputs(
                decoder: version.rawValue,
                wanted: version == .v8
                    ? "boxes [batch, 4 + classes, predictions] or maps [batch, 64 + classes, row, column]"
                    : "boxes [batch, predictions, 5 + classes] or maps [batch, anchors x (5 + classes), row, column]",
                found: outputs.shapesByName)
        }
    }

    /// Refuses networks for segmentation: beside the boxes, they return one map of mask prototypes with cells of four pixels, and each box
    /// has a coefficient for each of them. Raw grids have more channels than a box has numbers.
    private static func refuseMasks(
        _ maps: [NetworkOutput], beside table: NetworkOutput, input: InputExtent
    ) throws(DecoderError) {
        guard maps.count == 1, let map = maps.first, map.shape.count == 4,
            map.shape[1] < min(table.shape[1], table.shape[2]) - 4,
            map.shape[1] == 32 || (4 * map.shape[2] == input.rows && 4 * map.shape[3] == input.columns)
        else { return }
        throw .setting(
            "'\(map.name)' \(map.shape) looks like the mask prototypes of a network for segmentation (-seg), and "
                + "'\(table.name)' \(table.shape) then ends with \(map.shape[1]) mask coefficients for each prediction; only "
                + "detectors are decoded")
    }

    /// Returns nil when boxes and classes are separate maps, or a sigmoid was applied to the distributions.
    private static func distributions(
        _ maps: [NetworkOutput], input: InputExtent
    ) -> [YOLODistributionGrid]? {
        let bins = 16
        if Set(maps.map { Array($0.shape.suffix(2)) }).count < maps.count || maps.contains(where: \.isProbability) {
            return nil
        }
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
                "\(anchors.count) numbers cannot be anchors of \(maps.count) grids: an anchor is a width and a height")
        }
        let table =
            anchors.map { YOLOVersion.anchors($0, gridCount: maps.count) } ?? version.anchors(gridCount: maps.count)
        guard let table else {
            throw .setting(
                "no \(version.rawValue) with \(maps.count) grids was published, so its anchors must be given (--anchors)"
            )
        }
        if maps.contains(where: \.isProbability), !version.extentsAreSigmoids {
            throw .setting(
                "a sigmoid was applied to all of the grids, which loses the box sizes of \(version.rawValue); "
                    + "use the sigmoid's input (--until)")
        }
        var grids: [YOLOGrid] = []
        for (map, anchors) in zip(maps, table) {
            let grid = YOLOGrid(map, of: maps.count, version: version, anchors: anchors, input: input)
            guard let grid else {
                throw .outputs(
                    decoder: version.rawValue, wanted: "maps for \(anchors.count) anchors per cell",
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

    var scoreForm: ScoreKind {
        switch self {
        case .anchorGrids(let grids): grids[0].holdsProbabilities ? .twoProbabilities : .partial
        case .distributionGrids: .logit
        case .boxes(let boxes): boxes.layout == .rows ? .twoProbabilities : .probability
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

    /// Whether the graph has already suppressed overlapping boxes.
    var isFinal: Bool {
        if case .boxes(let boxes) = self { return boxes.layout == .final }
        return false
    }

    /// Checks the values of all items of a batch.
    ///
    /// - Throws: ``DecoderError/setting(_:)``.
    func check(_ outputs: [String: Tensor]) throws(DecoderError) {
        guard case .boxes(let boxes) = self, let output = outputs[boxes.output] else { return }
        for item in 0..<output.shape[0] {
            var problem: DecoderError?
            output.item(item).withElements { values in
                do throws(DecoderError) { try boxes.check(values) } catch { problem = error }
            }
            if let problem { throw problem }
        }
    }

    /// Calls `use` with every candidate of one item of a batch.
    func read(_ outputs: [String: Tensor], item: Int, _ use: (CandidateList.Candidate) -> Void) {
        func values(_ name: String, _ body: (UnsafeBufferPointer<Float>) -> Void) {
            guard let output = outputs[name] else { preconditionFailure("the output '\(name)' is missing") }
            output.item(item).withElements(body)
        }
        func read(_ grids: [any YOLOAnswerGrid]) {
            var first = 0
            for grid in grids {
                values(grid.output) { grid.read($0, first: first, use) }
                first += grid.count
            }
        }
        switch self {
        case .anchorGrids(let grids): read(grids)
        case .distributionGrids(let grids): read(grids)
        case .boxes(let boxes): values(boxes.output) { boxes.read($0, use) }
        }
    }

    func elements(of quantity: DetectedQuantity, of detection: DetectionSource) -> [OutputElement]? {
        var rest = detection.candidate
        func scoreElements(_ grids: [any YOLOAnswerGrid]) -> [OutputElement]? {
            for grid in grids {
                if rest < grid.count { return grid.scoreElements(rest, detection.classIndex) }
                rest -= grid.count
            }
            return nil
        }
        switch self {
        case .anchorGrids(let grids): return quantity == .score ? scoreElements(grids) : nil
        case .distributionGrids(let grids): return quantity == .score ? scoreElements(grids) : nil
        case .boxes(let boxes): return boxes.elements(of: quantity, candidate: rest, classIndex: detection.classIndex)
        }
    }
}
