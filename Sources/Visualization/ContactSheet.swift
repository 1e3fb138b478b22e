/// Arranges drawings in a grid, each with a caption, under a title.
///
/// - Parameters:
/// - tiles: The drawings; all are scaled to the same width.
/// - columns: The maximum number per row.
/// - Throws: ``DrawingError``; ``DrawingError/noTiles`` when there are no tiles.
public func contactSheet(
    _ tiles: [(drawing: Drawing, caption: String)], columns: Int, title: String
) throws(DrawingError) -> Drawing {
    if tiles.isEmpty { throw .noTiles }
    let columns = max(1, min(columns, tiles.count))
    let captionHeight = 26
    var layout = SheetLayout(
        columns: columns, rows: (tiles.count + columns - 1) / columns, hasTitle: !title.isEmpty, footer: captionHeight)
    let places = stride(from: 0, to: tiles.count, by: columns).flatMap { first in
        let row = tiles[first..<min(first + columns, tiles.count)]
        return layout.placeRow(
            row.map { ($0.drawing.width, $0.drawing.height) }, footers: row.map { _ in captionHeight })
    }
    let sheet = layout
    return Drawing(width: sheet.width, height: sheet.height) { (canvas) throws(DrawingError) in
        sheet.drawTitle(title, on: canvas)
        let style = TextStyle(size: 14, color: Color(hex: 0x454d55))
        for (tile, place) in zip(tiles, places) {
            try canvas.draw(tile.drawing, x: place.x, y: place.y, width: place.width, height: place.height)
            canvas.text(
                canvas.fitted(tile.caption, to: Double(sheet.tileWidth), style), x: place.middle,
                y: Double(place.bottom) + 0.6 * Double(captionHeight), style, anchor: .middle)
        }
    }
}
