import Boxes

/// A grid of cells, sampled at the pixels of an image.
struct MapGrid {
    let rows, columns: Int

    /// The four cells around a position, as indices into a plane `[row, column]`, and the shares of the right and lower ones.
    struct Place {
        let upperLeft, upperRight, lowerLeft, lowerRight: Int
        let rightShare, lowerShare: Float

        /// The value at this position, bilinear.
        @inline(__always)
        func value(in plane: UnsafeBufferPointer<Float>) -> Float {
            let upper = plane[upperLeft] + rightShare * (plane[upperRight] - plane[upperLeft])
            let lower = plane[lowerLeft] + rightShare * (plane[lowerRight] - plane[lowerLeft])
            return upper + lowerShare * (lower - upper)
        }
    }

    /// Visits the pixels of a `width x height` image whose centres lie on the grid, row by row.
    @inline(__always)
    func forEachPixel(
        width: Int, height: Int, toCells: AffineMap<CanvasPixels, MapCells>,
        _ body: (_ pixel: Int, _ place: Place) -> Void
    ) {
        let (right, bottom) = (Double(columns), Double(rows))
        for row in 0..<height {
            let start = toCells(x: 0.5, y: Double(row) + 0.5)
            for column in 0..<width {
                let x = start.x + toCells.a * Double(column)
                let y = start.y + toCells.c * Double(column)
                guard x >= 0, y >= 0, x <= right, y <= bottom else { continue }
                let across = CellNeighbours(of: x, count: columns)
                let down = CellNeighbours(of: y, count: rows)
                body(
                    row * width + column,
                    Place(
                        upperLeft: down.low * columns + across.low, upperRight: down.low * columns + across.high,
                        lowerLeft: down.high * columns + across.low, lowerRight: down.high * columns + across.high,
                        rightShare: across.highShare, lowerShare: down.highShare))
            }
        }
    }
}

extension AffineMap {
    /// Whether the transform is finite and has an inverse.
    var isInvertible: Bool { inverse != nil && tx.isFinite && ty.isFinite }
}
