/// A bilinear sampling position on a map: the four surrounding cells and their weights. Cells outside the map have no weight; a position
/// more than a cell outside has no cells left.
public struct BilinearSample: Sendable {
    /// The offsets of the upper left, upper right, lower left and lower right cell from the map's first cell; 0 for cells outside.
    public private(set) var cells = SIMD4<Int32>.zero
    /// The cells' weights; 0 for cells outside.
    public private(set) var weights = SIMD4<Float>.zero
    /// The derivatives of the weights with respect to the row and the column.
    public private(set) var rowSlopes = SIMD4<Float>.zero, columnSlopes = SIMD4<Float>.zero

    /// Creates the position (`row`, `column`) on a map of the given size. A NaN coordinate makes all samples NaN.
    ///
    /// At whole rows and columns, where the derivative is undefined, it is the right-hand one.
    @inline(__always)
    public init(row: Float, column: Float, rows: Int, columns: Int) {
        guard row >= -1, column >= -1, row < Float(rows), column < Float(columns) else {
            if row.isNaN || column.isNaN { weights.x = .nan }
            return
        }
        let (top, left) = (row.rounded(.down), column.rounded(.down))
        let (down, right) = (row - top, column - left)
        let (firstRow, firstColumn) = (Int32(top), Int32(left))
        let width = Int32(truncatingIfNeeded: columns)
        let isAbove = firstRow >= 0 ? Float(1) : 0
        let isBelow = firstRow + 1 < Int32(truncatingIfNeeded: rows) ? Float(1) : 0
        let isLeft = firstColumn >= 0 ? Float(1) : 0
        let isRight = firstColumn + 1 < width ? Float(1) : 0
        let inside = SIMD4(isAbove * isLeft, isAbove * isRight, isBelow * isLeft, isBelow * isRight)
        let start = firstRow &* width &+ firstColumn
        let all = SIMD4(start, start &+ 1, start &+ width, start &+ width &+ 1)
        cells = all.replacing(with: 0, where: inside .== 0)
        let (up, back) = (1 - down, 1 - right)
        weights = inside * SIMD4(up * back, up * right, down * back, down * right)
        rowSlopes = inside * SIMD4(-back, -right, back, right)
        columnSlopes = inside * SIMD4(-up, up, -down, down)
    }
}
