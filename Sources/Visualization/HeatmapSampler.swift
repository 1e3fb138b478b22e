import Boxes
import Foundation
import Tensors

/// Samples a heatmap `[class, row, column]` between its cells: bilinear, zero outside the grid.
struct HeatmapSampler {
    let classCount, rows, columns: Int
    /// The highest value of each class.
    let peaks: [Float]
    /// `[row, column, class]`, so that a cell's classes are adjacent; all in `0...1`.
    private let cells: [Float]
    /// The highest value of each cell.
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
        let classCount = classCount
        heatmap.withElements { elements in
            for index in 0..<classCount {
                var peak: Float = 0
                for cell in 0..<area {
                    // NaN counts as zero.
                    let heat = elements[index * area + cell]
                    let value = heat > 0 ? min(heat, 1) : 0
                    cells[cell * classCount + index] = value
                    peak = max(peak, value)
                    hottest[cell] = max(hottest[cell], value)
                }
                peaks[index] = peak
            }
        }
        self.cells = cells
        self.peaks = peaks
        self.hottest = hottest
    }

    /// The class with the highest value at a position in cells (cell `i` has its centre at `i + ½`), and that value; nil where all are
    /// zero.
    func hottest(x: Double, y: Double) -> (classIndex: Int, heat: Float)? {
        guard covers(x, columns), covers(y, rows) else { return nil }
        let across = CellNeighbours(of: x, count: columns)
        let down = CellNeighbours(of: y, count: rows)
        let around = max(
            max(hottest[down.low * columns + across.low], hottest[down.low * columns + across.high]),
            max(hottest[down.high * columns + across.low], hottest[down.high * columns + across.high]))
        return around <= Self.invisible ? nil : hottest(across, down)
    }

    /// Calls `body` for each pixel of an image with a value above zero, row by row, with the result of ``hottest(x:y:)`` at its centre.
    @inline(__always)
    func forEachHeated(
        width: Int, height: Int, toCells: AffineMap<CanvasPixels, OutputCells>,
        _ body: (_ pixel: Int, _ classIndex: Int, _ heat: Float) -> Void
    ) {
        guard toCells.b == 0 && toCells.c == 0 else {
            for pixel in 0..<width * height {
                let place = toCells(x: Double(pixel % width) + 0.5, y: Double(pixel / width) + 0.5)
                if let (classIndex, heat) = hottest(x: place.x, y: place.y) { body(pixel, classIndex, heat) }
            }
            return
        }
        // Without rotation or shear, which is nearly always: columns are looked up once, and zero rows skipped.
        let places = (0..<width).map { toCells(x: Double($0) + 0.5, y: 0.5).x }
        let seen = places.indices.filter { covers(places[$0], columns) }
        let across = seen.map { CellNeighbours(of: places[$0], count: columns) }
        var highest = [Float](repeating: 0, count: columns)
        var between = [Float](repeating: 0, count: columns * classCount)
        for y in 0..<height {
            let place = toCells(x: 0.5, y: Double(y) + 0.5).y
            guard covers(place, rows) else { continue }
            let down = CellNeighbours(of: place, count: rows)
            for column in 0..<columns {
                highest[column] = max(hottest[down.low * columns + column], hottest[down.high * columns + column])
            }
            guard highest.contains(where: { $0 > Self.invisible }) else { continue }
            blendRows(down, into: &between)
            highest.withUnsafeBufferPointer { highest in
                between.withUnsafeBufferPointer { between in
                    for place in seen.indices {
                        let across = across[place]
                        guard max(highest[across.low], highest[across.high]) > Self.invisible else { continue }
                        let (left, right) = (across.low * classCount, across.high * classCount)
                        var (best, most): (Int, Float) = (-1, 0)
                        for index in 0..<classCount {
                            let heat =
                                between[left + index] + across.highShare
                                * (between[right + index] - between[left + index])
                            if heat > most { (best, most) = (index, heat) }
                        }
                        if best >= 0 { body(y * width + seen[place], best, min(most, 1)) }
                    }
                }
            }
        }
    }

    /// Interpolates between two rows, in each column.
    private func blendRows(_ down: CellNeighbours, into between: inout [Float]) {
        let length = columns * classCount
        let (upper, lower) = (down.low * length, down.high * length)
        for index in 0..<length {
            between[index] = cells[upper + index] + down.highShare * (cells[lower + index] - cells[upper + index])
        }
    }

    private func covers(_ place: Double, _ count: Int) -> Bool { place >= 0 && place <= Double(count) }

    private func hottest(_ across: CellNeighbours, _ down: CellNeighbours) -> (classIndex: Int, heat: Float)? {
        let (rightShare, bottomShare) = (across.highShare, down.highShare)
        let (upperRow, lowerRow) = (down.low * columns, down.high * columns)
        return cells.withUnsafeBufferPointer { cells in
            guard let base = cells.baseAddress else { return nil }
            func corner(_ cell: Int) -> UnsafePointer<Float> { base + cell * classCount }
            let (upperLeft, upperRight) = (corner(upperRow + across.low), corner(upperRow + across.high))
            let (lowerLeft, lowerRight) = (corner(lowerRow + across.low), corner(lowerRow + across.high))
            var (best, highest): (Int, Float) = (-1, 0)
            for index in 0..<classCount {
                let upper = (1 - rightShare) * upperLeft[index] + rightShare * upperRight[index]
                let lower = (1 - rightShare) * lowerLeft[index] + rightShare * lowerRight[index]
                let heat = (1 - bottomShare) * upper + bottomShare * lower
                if heat > highest { (best, highest) = (index, heat) }
            }
            return best < 0 ? nil : (best, highest)
        }
    }

    /// The lowest percent is present everywhere and would only veil the photograph: it is not drawn.
    private static let invisible: Float = 0.01

    /// The opacity of a value in `0...1` over a photograph: small values are already visible.
    @inline(__always)
    static func opacity(_ heat: Float) -> Float {
        // The nearest of 4,096 steps; see `blend`.
        opacities[Int((heat * 4096 + 8_388_608).bitPattern & 0x1fff)]
    }

    /// A table, since computing the power costs as much as everything else done per pixel.
    private static let opacities: [Float] = (0...8191).map {
        0.9 * powf(max(0, min(1, Float($0) / 4096) - invisible) / (1 - invisible), 0.65)
    }
}
