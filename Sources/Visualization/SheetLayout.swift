/// The positions of a sheet's tiles: those of a row are aligned at the top, and the next row begins below the lowest footer.
struct SheetLayout {
    struct Place {
        var x, y, width, height: Int
        /// The horizontal centre of the tile's text.
        var middle: Double { Double(x) + Double(width) / 2 }
        var bottom: Int { y + height }
    }

    static let gap = 16
    static let titleHeight = 52
    /// Cairo's surfaces end at 32767 pixels.
    private static let limit = 32_000
    /// Wider sheets would not fit on a screen, so that tiles would have to be viewed one by one.
    private static let comfortableWidth = 2_600

    let tileWidth: Int
    let width: Int
    /// The height of the sheet so far, in pixels.
    private(set) var height: Int
    private let tileHeight: Int
    /// The left edge of the first column's tiles.
    private let left: Int

    /// - Parameters:
    /// - left: The room for headings beside the rows.
    /// - footer: The approximate number of pixels needed below each row.
    /// - widest: The maximum width of a tile.
    init(columns: Int, rows: Int, hasTitle: Bool, left: Int = 0, footer: Int, widest: Int = 640) {
        tileWidth = max(16, min(widest, max(Self.comfortableWidth / columns, 160), Self.limit / columns) - Self.gap)
        tileHeight = max(1, min(960, (Self.limit - Self.titleHeight) / max(1, rows) - Self.gap - footer))
        self.left = Self.gap + left
        width = self.left + columns * (tileWidth + Self.gap)
        height = hasTitle ? Self.titleHeight : Self.gap
    }

    /// The left edge of a column's tiles when they have the full width.
    func left(ofColumn column: Int) -> Int { left + column * (tileWidth + Self.gap) }

    /// Adds empty space at the bottom.
    mutating func skip(_ pixels: Int) { height += pixels }

    /// Places the tiles of the next row, each as large as fits, and ends the row below the lowest of their footers.
    mutating func placeRow(_ sizes: [(width: Int, height: Int)], footers: [Int]) -> [Place] {
        let places = sizes.enumerated().map { column, size in
            let scale = min(Double(tileWidth) / Double(size.width), Double(tileHeight) / Double(size.height))
            let (width, height) = (Double(size.width) * scale, Double(size.height) * scale)
            let fitted = (width: max(1, Int(width.rounded())), height: max(1, Int(height.rounded())))
            return Place(
                x: left(ofColumn: column) + (tileWidth - fitted.width) / 2, y: self.height, width: fitted.width,
                height: fitted.height)
        }
        height += (places.map(\.height).max() ?? 0) + (footers.max() ?? 0) + Self.gap
        return places
    }

    /// Draws the sheet's title on its first line.
    func drawTitle(_ title: String, on canvas: Canvas) {
        let style = TextStyle(size: 20, isBold: true)
        canvas.text(
            canvas.fitted(title, to: Double(width - 2 * Self.gap), style), x: Double(Self.gap),
            y: Double(Self.titleHeight) / 2 + 4, style)
    }
}
