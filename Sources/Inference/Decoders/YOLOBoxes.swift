import Boxes
import Foundation

/// Boxes that the graph decodes itself; YOLOX's are encoded by one formula for all cells.
struct YOLOBoxes: Sendable {
    /// The layout of the output.
    enum Layout: Sendable {
        /// `[batch, box, 5 + class]`: box, objectness, classes (YOLOv3 to v7, YOLOX).
        case rows
        /// `[batch, 4 + class, box]`: box, classes (YOLOv8 and later, and YOLOv5 and v3 as Ultralytics exports them today).
        case columns
        /// `[batch, box, 4 + class]`: the same before its axes are exchanged.
        case rowsWithoutObjectness
        /// `[batch, box, 6]`: edges, score, class; overlapping boxes are already suppressed (YOLOv10).
        case final
    }

    let output: String
    let layout: Layout
    let classCount, count: Int
    private let version: YOLOVersion
    private let input: InputExtent
    /// What the first four numbers of a box are; nil if only the values tell (see ``form(_:)``).
    private let form: BoxForm?
    /// The grids that the boxes belong to, if their number determines them.
    private let grids: [Grid]

    private struct Grid: Sendable {
        let rows, columns, stride, anchors: Int
    }

    /// Returns nil when the shape matches none of the layouts.
    ///
    /// - Parameter named: The number of classes, if it is known; COCO's for a layout that holds only class indices.
    /// - Throws: ``DecoderError/setting(_:)`` for the layout of another version.
    init?(
        _ table: NetworkOutput, version: YOLOVersion, input: InputExtent, classCount named: Int?
    ) throws(DecoderError) {
        let shape = table.shape
        func isCount(_ count: Int) -> Bool { !Self.grids(count: count, input: input, anchors: nil).isEmpty }
        // There are as many predictions as cells, or a multiple; where that does not tell the axes apart, there are more predictions than
        // classes.
        let predictionsAreFirst =
            isCount(shape[1]) == isCount(shape[2]) ? shape[1] > shape[2] : isCount(shape[1])
        if version == .v8, shape[2] == 6, shape[1] <= 1000 {
            (layout, count, classCount) = (.final, shape[1], named ?? 80)
        } else if version == .v8, !predictionsAreFirst, shape[1] > 4 {
            (layout, count, classCount) = (.columns, shape[2], shape[1] - 4)
        } else if version == .v8, predictionsAreFirst, let named, shape[2] == 4 + named {
            (layout, count, classCount) = (.rowsWithoutObjectness, shape[1], named)
        } else if version == .v8, predictionsAreFirst, shape[2] > 5, shape[1] > 1000 || isCount(shape[1]) {
            throw .setting(
                "the decoder 'yolov8' reads boxes [batch, 4 + classes, predictions], but '\(table.name)' \(shape) has the "
                    + "layout of YOLOv3 to v7, [batch, predictions, 5 + classes]; use --decoder yolov5, or yolox for YOLOX"
            )
        } else if version != .v8, predictionsAreFirst, shape[2] > 5 {
            (layout, count, classCount) = (.rows, shape[1], shape[2] - 5)
        } else if version != .v8, !predictionsAreFirst, shape[1] > 4 {
            throw .setting(
                "the decoder '\(version.rawValue)' reads boxes [batch, predictions, 5 + classes], but '\(table.name)' "
                    + "\(shape) has the layout of YOLOv8, [batch, 4 + classes, predictions], which YOLOv3 and YOLOv5 have, "
                    + "too, as Ultralytics exports them today; use --decoder yolov8")
        } else {
            return nil
        }
        self.version = version
        self.input = input
        output = table.name
        form = layout == .columns || layout == .rowsWithoutObjectness ? table.boxForm : .centers
        grids = Self.grids(count: count, input: input, anchors: version == .v8 || version == .x ? 1 : nil)
        if version == .x, grids.isEmpty {
            throw .setting(
                "YOLOX has one prediction for each cell of its grids, but '\(output)' has \(count) for an input of \(input)"
            )
        }
    }

    /// Returns the grids of the usual strides, if the number of boxes is a multiple of their number of cells.
    ///
    /// - Parameter anchors: The multiple; nil for any.
    private static func grids(count: Int, input: InputExtent, anchors: Int?) -> [Grid] {
        for strides in [[8, 16, 32], [8, 16, 32, 64], [16, 32], [4, 8, 16, 32]] {
            let extents = strides.map { (input.rows / $0, input.columns / $0, $0) }
            let cells = extents.reduce(0) { $0 + $1.0 * $1.1 }
            guard cells > 0, count % cells == 0, anchors == nil || count / cells == anchors else { continue }
            return extents.map { Grid(rows: $0.0, columns: $0.1, stride: $0.2, anchors: count / cells) }
        }
        return []
    }

    /// Returns the cell of a box; nil if the grids are unknown.
    private func cell(_ index: Int) -> (row: Int, column: Int, stride: Int)? {
        var rest = index
        for grid in grids {
            let cells = grid.rows * grid.columns
            if rest < cells * grid.anchors { return (rest % cells / grid.columns, rest % grid.columns, grid.stride) }
            rest -= cells * grid.anchors
        }
        return nil
    }

    private func offset(_ index: Int, _ attribute: Int) -> Int {
        switch layout {
        case .rows: index * (5 + classCount) + attribute
        case .rowsWithoutObjectness: index * (4 + classCount) + attribute
        case .columns: attribute * count + index
        case .final: index * 6 + attribute
        }
    }

    /// The attribute of the first class.
    private var firstClass: Int { layout == .rows ? 5 : 4 }

    /// Returns what the first four numbers of each box are. If the graph does not tell, they are edges when in every box the second two are
    /// not below the first two: a small object at the right or lower border has a centre that exceeds its size.
    private func form(_ values: UnsafeBufferPointer<Float>) -> BoxForm {
        if let form { return form }
        var wide = 0
        for index in 0..<count {
            func value(_ attribute: Int) -> Float { values[offset(index, attribute)] }
            if value(2) < value(0) || value(3) < value(1) { return .centers }
            if value(2) > value(0) && value(3) > value(1) { wide += 1 }
        }
        return wide >= Self.leastBoxes ? .edges : .centers
    }

    /// With fewer boxes, the values do not tell edges from sizes.
    private static let leastBoxes = 16

    func read(_ values: UnsafeBufferPointer<Float>, _ use: (CandidateList.Candidate) -> Void) {
        let form = form(values)
        // The marks of edges that only the values tell; see ``elements(of:candidate:classIndex:)``.
        let first = form == .edges && self.form == nil ? count : 0
        for index in 0..<count {
            func value(_ attribute: Int) -> Float { values[offset(index, attribute)] }
            let box = box((0..<4).map { Double(value($0)) }, index, layout == .final ? .edges : form)
            if layout == .final {
                // A class index out of range is dropped.
                guard value(5) >= 0, value(5) < Float(classCount) else { continue }
                emit(first + index, index, Int(value(5)), value(4), box, use)
                continue
            }
            var best = 0
            for classIndex in 1..<max(1, classCount)
            where value(firstClass + classIndex) > value(firstClass + best) {
                best = classIndex
            }
            let score = layout == .rows ? value(4) * value(5 + best) : value(4 + best)
            emit(first + index, index, best, score, box, use)
        }
    }

    private func box(_ numbers: [Double], _ index: Int, _ form: BoxForm) -> Box<InputPixels> {
        if form == .edges { return Box(xMin: numbers[0], yMin: numbers[1], xMax: numbers[2], yMax: numbers[3]) }
        guard version == .x, let cell = cell(index) else {
            return Box(centerX: numbers[0], centerY: numbers[1], width: numbers[2], height: numbers[3])
        }
        let stride = Double(cell.stride)
        return Box(
            centerX: (numbers[0] + Double(cell.column)) * stride, centerY: (numbers[1] + Double(cell.row)) * stride,
            width: exp(numbers[2]) * stride, height: exp(numbers[3]) * stride)
    }

    private func emit(
        _ candidate: Int, _ index: Int, _ classIndex: Int, _ score: Float, _ box: Box<InputPixels>,
        _ use: (CandidateList.Candidate) -> Void
    ) {
        func place(_ middle: Double) -> Int { middle.isFinite ? Int(max(0, min(1e6, middle / 8))) : 0 }
        let cell = cell(index) ?? (place(box.centerY), place(box.centerX), 8)
        use(
            .init(
                index: candidate, row: cell.row, column: cell.column, stride: cell.stride, classIndex: classIndex,
                score: score, box: box))
    }

    /// Returns output elements. Boxes are edges or centre and size in input pixels, so every length is a sum of at most two elements; those
    /// of YOLOX are not, except the centre's.
    ///
    /// - Parameter candidate: From ``count`` on, the same boxes with edges, where only the values told so.
    func elements(of quantity: DetectedQuantity, candidate: Int, classIndex: Int) -> [OutputElement]? {
        let index = candidate % count
        func element(_ attribute: Int, _ weight: Float = 1) -> OutputElement {
            .init(output, layout == .columns ? [attribute, index] : [index, attribute], weight: weight)
        }
        switch (layout, quantity) {
        case (.rows, .score): return [element(4), element(5 + classIndex)]
        case (.columns, .score), (.rowsWithoutObjectness, .score): return [element(4 + classIndex)]
        case (.final, .score): return [element(4)]
        default: break
        }
        if version == .x {
            let stride = Float(cell(index)?.stride ?? 8)
            return quantity == .offsetX ? [element(0, stride)] : quantity == .offsetY ? [element(1, stride)] : nil
        }
        let isEdges = layout == .final || form == .edges || candidate >= count
        switch quantity {
        case .score: return nil
        case .width: return isEdges ? [element(2), element(0, -1)] : [element(2)]
        case .height: return isEdges ? [element(3), element(1, -1)] : [element(3)]
        case .offsetX: return isEdges ? [element(0, 0.5), element(2, 0.5)] : [element(0)]
        case .offsetY: return isEdges ? [element(1, 0.5), element(3, 0.5)] : [element(1)]
        case .left: return isEdges ? [element(0, -1)] : [element(2, 0.5), element(0, -1)]
        case .top: return isEdges ? [element(1, -1)] : [element(3, 0.5), element(1, -1)]
        case .right: return isEdges ? [element(2)] : [element(2, 0.5), element(0)]
        case .bottom: return isEdges ? [element(3)] : [element(3, 0.5), element(1)]
        }
    }
}

/// Values that the layout promises, checked before boxes are read.
extension YOLOBoxes {
    /// How far rounding may take a probability out of `0...1`.
    private static let tolerance: Float = 0.02
    /// The highest logarithm of a size in cells; sizes in pixels are mostly above.
    private static let highestLogarithm: Float = 12

    /// - Throws: ``DecoderError/setting(_:)`` when scores are not probabilities, or sizes are not sizes.
    func check(_ values: UnsafeBufferPointer<Float>) throws(DecoderError) {
        try checkScores(values)
        if layout == .rows { try checkSizes(values) }
    }

    private func checkScores(_ values: UnsafeBufferPointer<Float>) throws(DecoderError) {
        let attributes = layout == .final ? 4..<5 : 4..<(firstClass + classCount)
        var (lowest, highest) = (Float.infinity, -Float.infinity)
        var wrong: [Int] = []
        for attribute in attributes {
            var isWrong = false
            for index in 0..<count {
                let value = values[offset(index, attribute)]
                guard value < -Self.tolerance || value > 1 + Self.tolerance else { continue }
                isWrong = true
                (lowest, highest) = (min(lowest, value), max(highest, value))
            }
            if isWrong { wrong.append(attribute) }
        }
        guard let first = wrong.first, let last = wrong.last else { return }
        let end = attributes.upperBound
        let likely =
            if wrong.count == end - 4 {
                "they may be values before a sigmoid, and --until NAME chooses the tensor after it"
            } else if first == end - 1 {
                "the last one looks like the angle of a network for oriented boxes (-obb), which are not decoded"
            } else if end - first <= 32 && wrong.count > 1 && highest < 100 {
                "the last ones look like the mask coefficients of a network for segmentation (-seg), which are not decoded"
            } else {
                "they look like the keypoints (-pose), mask coefficients (-seg) or angle (-obb) of a network for another task, "
                    + "which are not decoded"
            }
        let elements = last == first ? "element \(first)" : "elements \(first) to \(last)"
        throw .setting(
            "the scores in '\(output)' are not probabilities: \(elements) of its "
                + "\(end) for each prediction reach from \(lowest) to \(highest); \(likely)")
    }

    private func checkSizes(_ values: UnsafeBufferPointer<Float>) throws(DecoderError) {
        for index in 0..<count {
            for attribute in 2..<4 {
                let value = values[offset(index, attribute)]
                if version == .x, value > Self.highestLogarithm {
                    throw .setting(
                        "'\(output)' holds sizes in pixels (\(value)) where YOLOX has logarithms: its boxes are decoded "
                            + "already; use --decoder yolov5")
                }
                if version != .x, value < 0 {
                    throw .setting(
                        "the boxes in '\(output)' have widths or heights below 0 (\(value)), so they are not decoded; "
                            + "YOLOX's are like that: use --decoder yolox")
                }
            }
        }
    }
}
