import Boxes
import Images
import Tensors

/// Maps in rows and columns, with a heading for each: detections by layers, methods by detections, or the channels of a layer.
///
/// When the style has a range, all maps are drawn on it, and one colour bar stands below the title; otherwise each map has its
/// own below it.
public struct MapSheet: Sendable {
    /// What a place of the sheet shows.
    public enum Content: Sendable {
        /// An image and boxes on it.
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

    /// One place of the sheet.
    public struct Tile: Sendable {
        /// What it shows.
        public var content: Content
        /// What stands below it.
        public var caption: String
        /// Why there is nothing to see in its map, when that is known already: then the map is a flat one, whatever its numbers.
        public var flatNote: String?

        /// A tile; most need no caption, since the headings say what they are.
        public init(_ content: Content, caption: String = "", flatNote: String? = nil) {
            self.content = content
            self.caption = caption
            self.flatNote = flatNote
        }
    }

    /// Tiles beside each other.
    public struct Row: Sendable {
        /// What stands to their left.
        public var heading: String
        /// The tiles, from the left.
        public var tiles: [Tile]

        /// A row; it may have fewer tiles than others.
        public init(heading: String = "", tiles: [Tile]) {
            self.heading = heading
            self.tiles = tiles
        }
    }

    /// What stands above everything.
    public var title: String
    /// What stands above the columns; none when empty.
    public var columnHeadings: [String]
    /// The rows, from the top.
    public var rows: [Row]
    /// How maps are drawn.
    public var style: MapStyle

    /// A sheet; nothing is drawn yet.
    public init(title: String, columnHeadings: [String] = [], rows: [Row], style: MapStyle = MapStyle()) {
        self.title = title
        self.columnHeadings = columnHeadings
        self.rows = rows
        self.style = style
    }

    /// A sheet of single tiles without headings, `columns` in a row.
    public init(title: String, tiles: [Tile], columns: Int, style: MapStyle = MapStyle()) {
        let columns = max(1, min(columns, tiles.count))
        let rows = stride(from: 0, to: tiles.count, by: columns).map { first in
            Row(tiles: Array(tiles[first..<min(first + columns, tiles.count)]))
        }
        self.init(title: title, rows: rows, style: style)
    }

    /// The sheet as a drawing.
    ///
    /// - Parameter tileWidth: How many pixels wide a tile is, at the most; many columns make narrower ones.
    /// - Throws: ``DrawingError``; ``DrawingError/noTiles`` when there is nothing to put.
    public func drawing(tileWidth: Int = 420) throws(DrawingError) -> Drawing {
        try MapSheetPainter(self, tileWidth: tileWidth).drawing()
    }
}
