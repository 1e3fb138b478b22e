/// A place between the cells of a map, as the four cells around it and what each counts for; cells outside the map count for
/// nothing, and a place a whole cell outside has none left.
public struct BilinearSample: Sendable {
    /// The distances of the cells above left, above right, below left and below right from the map's first one; 0 for those
    /// outside.
    public private(set) var cells = SIMD4<Int32>.zero
    /// What they count for; 0 for those outside.
    public private(set) var weights = SIMD4<Float>.zero
    /// How the weights change with the row, and with the column.
    public private(set) var rowSlopes = SIMD4<Float>.zero, columnSlopes = SIMD4<Float>.zero

    /// The place at (`row`, `column`) of a map of so many rows and columns. A place that is no number makes every sample none.
    ///
    /// At whole rows and columns, where the slope is not defined, it is the one towards higher ones.
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
