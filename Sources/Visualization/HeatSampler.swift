import Boxes
import Tensors

/// A heatmap `[class, row, column]` between its cells: bilinear, nothing outside the grid.
struct HeatSampler {
    let classCount, rows, columns: Int
    /// The highest heat of each class.
    let peaks: [Float]
    /// `[row, column, class]`, so that a cell's classes lie side by side; all in `0...1`.
    private let cells: [Float]
    /// The highest heat of each cell.
    private let hottest: [Float]

    /// - Throws: ``DrawingError/heatmapShape(actual:expected:)``.
    init(_ heatmap: Tensor) throws(DrawingError) {
        guard heatmap.shape.count == 3, heatmap.count > 0 else {
            throw .heatmapShape(actual: heatmap.shape, expected: "[class, row, column]")
        }
        (classCount, rows, columns) = (heatmap.shape[0], heatmap.shape[1], heatmap.shape[2])
        let area = rows * columns
        var cells = [Float](repeating: 0, count: heatmap.count)
        var peaks = [Float](repeating: 0, count: classCount)
        var hottest = [Float](repeating: 0, count: area)
        heatmap.withElements { elements in
            for index in peaks.indices {
                for cell in hottest.indices {
                    // What is not a number is no heat.
                    let heat = elements[index * area + cell]
                    let value = heat > 0 ? min(heat, 1) : 0
                    cells[cell * peaks.count + index] = value
                    peaks[index] = max(peaks[index], value)
                    hottest[cell] = max(hottest[cell], value)
                }
            }
        }
        self.cells = cells
        self.peaks = peaks
        self.hottest = hottest
    }

    /// The class that is hottest at a place in cells (cell `i` has its centre at `i + ½`), and its heat; nil where there is
    /// none.
    func hottest(x: Double, y: Double) -> (classIndex: Int, heat: Float)? {
        guard x >= 0, y >= 0, x <= Double(columns), y <= Double(rows) else { return nil }
        let across = CellNeighbours(of: x, count: columns)
        let down = CellNeighbours(of: y, count: rows)
        let (rightShare, bottomShare) = (across.highShare, down.highShare)
        let corners = (
            down.low * columns + across.low, down.low * columns + across.high, down.high * columns + across.low,
            down.high * columns + across.high
        )
        let around = max(hottest[corners.0], hottest[corners.1], hottest[corners.2], hottest[corners.3])
        if around < Self.invisible { return nil }
        var best: (classIndex: Int, heat: Float)?
        for index in 0..<classCount {
            let upper =
                (1 - rightShare) * cells[corners.0 * classCount + index]
                + rightShare * cells[corners.1 * classCount + index]
            let lower =
                (1 - rightShare) * cells[corners.2 * classCount + index]
                + rightShare * cells[corners.3 * classCount + index]
            let heat = (1 - bottomShare) * upper + bottomShare * lower
            if heat > best?.heat ?? 0 { best = (index, heat) }
        }
        return best
    }

    /// Heat that no eye would see.
    static let invisible: Float = 0.004
}
