import Boxes
import Foundation
import PeakDecoding

/// An output grid of a network of the YOLO family.
protocol YOLOAnswerGrid: Sendable {
    /// The output's name.
    var output: String { get }
    /// The number of candidates.
    var count: Int { get }
    /// Calls `use` with every candidate; `first` is the index of the first one.
    func read(_ values: UnsafeBufferPointer<Float>, first: Int, _ use: (CandidateList.Candidate) -> Void)
    /// Returns the elements that a candidate's score was read from.
    func scoreElements(_ index: Int, _ classIndex: Int) -> [OutputElement]
}

/// A raw grid with anchors: `[batch, anchor · (5 + class), row, column]`, or `[batch, anchor, row, column, 5 + class]`.
struct YOLOGrid: YOLOAnswerGrid {
    let output: String
    let version: YOLOVersion
    let anchors: [(width: Double, height: Double)]
    let classCount, rows, columns, stride: Int
    /// Whether a sigmoid was applied to all elements.
    let holdsProbabilities: Bool
    /// The factor of the centre's sigmoid, which determines how far a centre can leave its cell.
    private let centerScale: Double
    /// Whether a cell's values are the last axis.
    private let isLast: Bool

    /// Returns nil when the shape does not match the anchors.
    init?(
        _ map: NetworkOutput, of gridCount: Int, version: YOLOVersion, anchors: [(width: Double, height: Double)],
        input: InputExtent
    ) {
        let shape = map.shape
        isLast = shape.count == 5
        let perAnchor = isLast ? shape[4] : shape[1] / max(1, anchors.count)
        guard !anchors.isEmpty, perAnchor > 5,
            isLast ? shape[1] == anchors.count : shape[1] == perAnchor * anchors.count
        else { return nil }
        (rows, columns) = (shape[2], shape[3])
        classCount = perAnchor - 5
        stride = max(1, input.columns / columns)
        centerScale = version.centerScale(stride: stride, gridCount: gridCount)
        holdsProbabilities = map.isProbability
        output = map.name
        self.version = version
        self.anchors = anchors
    }

    var count: Int { anchors.count * rows * columns }

    /// Returns the index of an element within the batch item.
    private func place(_ anchor: Int, _ attribute: Int, _ row: Int, _ column: Int) -> [Int] {
        isLast ? [anchor, row, column, attribute] : [anchor * (5 + classCount) + attribute, row, column]
    }

    private func offset(_ anchor: Int, _ attribute: Int, _ row: Int, _ column: Int) -> Int {
        isLast
            ? ((anchor * rows + row) * columns + column) * (5 + classCount) + attribute
            : ((anchor * (5 + classCount) + attribute) * rows + row) * columns + column
    }

    func read(_ values: UnsafeBufferPointer<Float>, first: Int, _ use: (CandidateList.Candidate) -> Void) {
        func probability(_ value: Float) -> Float { holdsProbabilities ? value : sigmoid(value) }
        for anchor in anchors.indices {
            for row in 0..<rows {
                for column in 0..<columns {
                    func value(_ attribute: Int) -> Float { values[offset(anchor, attribute, row, column)] }
                    var best = 0
                    for index in 1..<max(1, classCount) where value(5 + index) > value(5 + best) { best = index }
                    func place(_ attribute: Int, _ cell: Int) -> Double {
                        let share = centerScale * Double(probability(value(attribute))) - (centerScale - 1) / 2
                        return (share + Double(cell)) * Double(stride)
                    }
                    func extent(_ attribute: Int, _ anchor: Double) -> Double {
                        version.extentsAreSigmoids
                            ? pow(2 * Double(probability(value(attribute))), 2) * anchor
                            : exp(Double(value(attribute))) * anchor
                    }
                    let (width, height) = anchors[anchor]
                    use(
                        .init(
                            index: first + (anchor * rows + row) * columns + column, row: row, column: column,
                            stride: stride, classIndex: best,
                            score: probability(value(4)) * probability(value(5 + best)),
                            box: Box(
                                centerX: place(0, column), centerY: place(1, row), width: extent(2, width),
                                height: extent(3, height))))
                }
            }
        }
    }

    /// Returns the elements of objectness and class.
    func scoreElements(_ index: Int, _ classIndex: Int) -> [OutputElement] {
        let (anchor, row, column) = (index / (rows * columns), index / columns % rows, index % columns)
        return [4, 5 + classIndex].map { OutputElement(output, place(anchor, $0, row, column)) }
    }
}

/// A raw grid without anchors: `[batch, 4 · bins + class, row, column]`; each edge's distance from the cell's centre, in cells, is the mean
/// of a distribution over whole distances (Li et al., arXiv:2006.04388, section 3.2).
struct YOLODistributionGrid: YOLOAnswerGrid {
    let output: String
    let bins, classCount, rows, columns, stride: Int

    var count: Int { rows * columns }

    func read(_ values: UnsafeBufferPointer<Float>, first: Int, _ use: (CandidateList.Candidate) -> Void) {
        let area = rows * columns
        for cell in 0..<area {
            let (row, column) = (cell / columns, cell % columns)
            func value(_ channel: Int) -> Float { values[channel * area + cell] }
            func distance(_ edge: Int) -> Double {
                let highest = (0..<bins).reduce(-Float.infinity) { max($0, value(edge * bins + $1)) }
                var (sum, weighted) = (0.0, 0.0)
                for bin in 0..<bins {
                    let weight = exp(Double(value(edge * bins + bin) - highest))
                    sum += weight
                    weighted += weight * Double(bin)
                }
                return weighted / sum * Double(stride)
            }
            var best = 0
            for index in 1..<max(1, classCount) where value(4 * bins + index) > value(4 * bins + best) { best = index }
            let score = sigmoid(value(4 * bins + best))
            let (x, y) = ((Double(column) + 0.5) * Double(stride), (Double(row) + 0.5) * Double(stride))
            use(
                .init(
                    index: first + cell, row: row, column: column, stride: stride, classIndex: best, score: score,
                    box: Box(xMin: x - distance(0), yMin: y - distance(1), xMax: x + distance(2), yMax: y + distance(3))
                ))
        }
    }

    func scoreElements(_ cell: Int, _ classIndex: Int) -> [OutputElement] {
        [OutputElement(output, [4 * bins + classIndex, cell / columns, cell % columns])]
    }
}
