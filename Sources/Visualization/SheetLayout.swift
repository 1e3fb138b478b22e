/// Where the tiles of a sheet stand: those of a row begin on one line, and the next row begins below the lowest footer.
struct SheetLayout {
    struct Place {
        var x, y, width, height: Int
        /// What the tile's text is centred on.
        var middle: Double { Double(x) + Double(width) / 2 }
        var bottom: Int { y + height }
    }

    static let gap = 16
    static let titleHeight = 52
    /// Cairo's canvases end at 32767 pixels.
    private static let limit = 32_000
    /// Wider sheets do not fit a screen, whose tiles then would have to be looked at one by one.
    private static let comfortableWidth = 2_600

    let tileWidth: Int
    let width: Int
    /// How many pixels high the sheet is so far.
    private(set) var height: Int
    private let tileHeight: Int
    /// Where the first column's tiles begin.
    private let left: Int

    /// - Parameters:
    ///   - left: The room for what stands beside the rows.
    ///   - footer: About how many pixels are needed below each row.
    ///   - widest: The width of a tile, at the most.
    init(columns: Int, rows: Int, hasTitle: Bool, left: Int = 0, footer: Int, widest: Int = 640) {
        tileWidth = max(16, min(widest, max(Self.comfortableWidth / columns, 160), Self.limit / columns) - Self.gap)
        tileHeight = max(1, min(960, (Self.limit - Self.titleHeight) / max(1, rows) - Self.gap - footer))
        self.left = Self.gap + left
        width = self.left + columns * (tileWidth + Self.gap)
        height = hasTitle ? Self.titleHeight : Self.gap
    }

    /// Where a column's tiles begin when they are as wide as tiles are.
    func left(ofColumn column: Int) -> Int { left + column * (tileWidth + Self.gap) }

    /// Leaves room below what there is.
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

    /// Writes a sheet's title on its first line.
    func drawTitle(_ title: String, on canvas: Canvas) {
        let style = TextStyle(size: 20, isBold: true)
        canvas.text(
            canvas.fitted(title, to: Double(width - 2 * Self.gap), style), x: Double(Self.gap),
            y: Double(Self.titleHeight) / 2 + 4, style)
    }
}
