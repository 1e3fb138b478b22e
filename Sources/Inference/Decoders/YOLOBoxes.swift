import Boxes

/// Boxes that the graph decodes itself.
struct YOLOBoxes: Sendable {
    /// The layout of the output.
    enum Layout: Sendable {
        /// `[batch, box, 5 + class]`: centre, size, objectness, classes (YOLOv3 to v7).
        case rows
        /// `[batch, 4 + class, box]`: centre, size, classes (YOLOv8 and later).
        case columns
        /// `[batch, box, 6]`: edges, score, class; overlapping boxes are already suppressed (YOLOv10).
        case final
    }

    let output: String
    let layout: Layout
    let classCount, count: Int
    /// The grids that the boxes belong to, if their number determines them.
    private let grids: [(rows: Int, columns: Int, stride: Int, anchors: Int)]

    /// Returns nil when the shape matches none of the layouts.
    ///
    /// - Parameter named: The number of classes, for a layout that holds only class indices; nil for COCO's.
    init?(
        _ output: String, _ shape: [Int], version: YOLOVersion, input: InputExtent, classCount named: Int?
    ) {
        self.output = output
        if version == .v8, shape[2] == 6, shape[1] <= 1000 {
            (layout, count, classCount) = (.final, shape[1], named ?? 80)
        } else if version == .v8, shape[1] > 4, shape[1] < shape[2] {
            (layout, count, classCount) = (.columns, shape[2], shape[1] - 4)
        } else if version != .v8, shape[2] > 5 {
            (layout, count, classCount) = (.rows, shape[1], shape[2] - 5)
        } else {
            return nil
        }
        grids = Self.grids(count: count, input: input)
    }

    /// Returns the grids of the usual strides, if the number of boxes is a multiple of their number of cells.
    private static func grids(
        count: Int, input: InputExtent
    ) -> [(rows: Int, columns: Int, stride: Int, anchors: Int)] {
        for strides in [[8, 16, 32], [8, 16, 32, 64], [16, 32]] {
            let extents = strides.map { (input.rows / $0, input.columns / $0, $0) }
            let cells = extents.reduce(0) { $0 + $1.0 * $1.1 }
            if cells > 0, count % cells == 0 { return extents.map { ($0.0, $0.1, $0.2, count / cells) } }
        }
        return []
    }

    /// Returns the cell of a box; if the grids are unknown, the cell of its centre.
    private func cell(_ index: Int, _ box: Box<InputPixels>) -> (row: Int, column: Int, stride: Int) {
        var rest = index
        for grid in grids {
            let cells = grid.rows * grid.columns
            if rest < cells * grid.anchors { return (rest % cells / grid.columns, rest % grid.columns, grid.stride) }
            rest -= cells * grid.anchors
        }
        func place(_ middle: Double) -> Int { middle.isFinite ? Int(max(0, min(1e6, middle / 8))) : 0 }
        return (place(box.centerY), place(box.centerX), 8)
    }

    private func offset(_ index: Int, _ attribute: Int) -> Int {
        switch layout {
        case .rows: index * (5 + classCount) + attribute
        case .columns: attribute * count + index
        case .final: index * 6 + attribute
        }
    }

    func read(_ values: UnsafeBufferPointer<Float>, _ use: (CandidateList.Candidate) -> Void) {
        for index in 0..<count {
            func value(_ attribute: Int) -> Float { values[offset(index, attribute)] }
            let edges = (0..<4).map { Double(value($0)) }
            if layout == .final {
                // A class index out of range is dropped.
                guard value(5) >= 0, value(5) < Float(classCount) else { continue }
                let classIndex = Int(value(5))
                let box = Box<InputPixels>(xMin: edges[0], yMin: edges[1], xMax: edges[2], yMax: edges[3])
                emit(index, classIndex, value(4), box, use)
                continue
            }
            let first = layout == .rows ? 5 : 4
            var best = 0
            for classIndex in 1..<max(1, classCount) where value(first + classIndex) > value(first + best) {
                best = classIndex
            }
            let score = layout == .rows ? value(4) * value(5 + best) : value(4 + best)
            emit(
                index, best, score, Box(centerX: edges[0], centerY: edges[1], width: edges[2], height: edges[3]), use)
        }
    }

    private func emit(
        _ index: Int, _ classIndex: Int, _ score: Float, _ box: Box<InputPixels>,
        _ use: (CandidateList.Candidate) -> Void
    ) {
        let cell = cell(index, box)
        use(
            .init(
                index: index, row: cell.row, column: cell.column, stride: cell.stride, classIndex: classIndex,
                score: score, box: box))
    }

    /// Returns output elements. Boxes are centre and size in input pixels, so every length is a sum of at most two elements.
    func elements(of quantity: DetectedQuantity, candidate: Int, classIndex: Int) -> [OutputElement]? {
        func element(_ attribute: Int, _ weight: Float = 1) -> OutputElement {
            .init(output, layout == .columns ? [attribute, candidate] : [candidate, attribute], weight: weight)
        }
        switch (layout, quantity) {
        case (.rows, .score): return [element(4), element(5 + classIndex)]
        case (.columns, .score): return [element(4 + classIndex)]
        case (.final, .score): return [element(4)]
        case (.final, .width): return [element(2), element(0, -1)]
        case (.final, .height): return [element(3), element(1, -1)]
        case (.final, .left): return [element(0, -1)]
        case (.final, .top): return [element(1, -1)]
        case (.final, .right): return [element(2)]
        case (.final, .bottom): return [element(3)]
        case (.final, .offsetX): return [element(0, 0.5), element(2, 0.5)]
        case (.final, .offsetY): return [element(1, 0.5), element(3, 0.5)]
        case (_, .width): return [element(2)]
        case (_, .height): return [element(3)]
        case (_, .offsetX): return [element(0)]
        case (_, .offsetY): return [element(1)]
        case (_, .left): return [element(2, 0.5), element(0, -1)]
        case (_, .top): return [element(3, 0.5), element(1, -1)]
        case (_, .right): return [element(2, 0.5), element(0)]
        case (_, .bottom): return [element(3, 0.5), element(1)]
        }
    }
}
