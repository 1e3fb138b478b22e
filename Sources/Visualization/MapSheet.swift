import Boxes
import Images
import Tensors

/// Maps in rows and columns, with a heading for each: detections by layers, methods by detections, or the channels of a layer.
///
/// When the style has a range, all maps share it, and one colour bar is shown below the title; otherwise each map has its own below it.
public struct MapSheet: Sendable {
    /// The content of a tile.
    public enum Content: Sendable {
        /// An image with boxes.
        case image(Image, boxes: [LabelledBox] = [])
        /// A map `[row, column]` over its image.
        case overlay(Image, map: Tensor, imageToCells: AffineMap<ImagePixels, MapCells>, boxes: [LabelledBox] = [])
        /// A map `[row, column]` without an image, each cell a rectangle.
        case map(Tensor)
        /// A map of colours `[3, row, column]` without an image.
        case colors(Tensor)
        /// Nothing.
        case empty
    }

    /// One tile of the sheet.
    public struct Tile: Sendable {
        /// The content.
        public var content: Content
        /// The caption below the tile.
        public var caption: String
        /// Why the map shows nothing, if already known: the map is then treated as flat, whatever its values.
        public var flatNote: String?

        /// Creates a tile; most need no caption, since the headings say what they are.
        public init(_ content: Content, caption: String = "", flatNote: String? = nil) {
            self.content = content
            self.caption = caption
            self.flatNote = flatNote
        }
    }

    /// A row of tiles.
    public struct Row: Sendable {
        /// The heading to the left of the row.
        public var heading: String
        /// The tiles, from the left.
        public var tiles: [Tile]

        /// Creates a row; it may have fewer tiles than others.
        public init(heading: String = "", tiles: [Tile]) {
            self.heading = heading
            self.tiles = tiles
        }
    }

    /// The title above the sheet.
    public var title: String
    /// The headings above the columns; none when empty.
    public var columnHeadings: [String]
    /// The rows, from the top.
    public var rows: [Row]
    /// The style of all maps.
    public var style: MapStyle

    /// Creates a sheet; nothing is drawn yet.
    public init(title: String, columnHeadings: [String] = [], rows: [Row], style: MapStyle = MapStyle()) {
        self.title = title
        self.columnHeadings = columnHeadings
        self.rows = rows
        self.style = style
    }

    /// Creates a sheet of tiles without headings, `columns` per row.
    public init(title: String, tiles: [Tile], columns: Int, style: MapStyle = MapStyle()) {
        let columns = max(1, min(columns, tiles.count))
        let rows = stride(from: 0, to: tiles.count, by: columns).map { first in
            Row(tiles: Array(tiles[first..<min(first + columns, tiles.count)]))
        }
        self.init(title: title, rows: rows, style: style)
    }

    /// The sheet as a drawing.
    ///
    /// - Parameter tileWidth: The maximum width of a tile in pixels; many columns make tiles narrower.
    /// - Throws: ``DrawingError``; ``DrawingError/noTiles`` when there are no tiles.
    public func drawing(tileWidth: Int = 420) throws(DrawingError) -> Drawing {
        try MapSheetPainter(self, tileWidth: tileWidth).drawing()
    }
}
