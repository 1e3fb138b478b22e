import Images

/// Puts pictures side by side, each with a caption, under a title.
///
/// - Parameters:
///   - tiles: The pictures; large ones are made smaller, and small ones larger, all to the same width.
///   - columns: How many stand in a row, at the most.
/// - Throws: ``DrawingError``; ``DrawingError/noTiles`` when there is nothing to put.
public func contactSheet(
    _ tiles: [(image: Image, caption: String)], columns: Int, title: String
) throws(DrawingError) -> Image {
    if tiles.isEmpty { throw .noTiles }
    let columns = max(1, min(columns, tiles.count))
    let captionHeight = 26
    var layout = SheetLayout(
        columns: columns, rows: (tiles.count + columns - 1) / columns, hasTitle: !title.isEmpty, footer: captionHeight)
    let places = stride(from: 0, to: tiles.count, by: columns).flatMap { first in
        let row = tiles[first..<min(first + columns, tiles.count)]
        return layout.placeRow(
            row.map { ($0.image.width, $0.image.height) }, footers: row.map { _ in captionHeight })
    }
    let canvas = try Canvas(width: layout.width, height: layout.height)
    layout.drawTitle(title, on: canvas)
    let style = TextStyle(size: 14, color: Color(hex: 0x454d55))
    for (tile, place) in zip(tiles, places) {
        try canvas.draw(tile.image.resized(width: place.width, height: place.height), x: place.x, y: place.y)
        canvas.text(
            canvas.fitted(tile.caption, to: Double(layout.tileWidth), style), x: place.middle,
            y: Double(place.bottom) + 0.6 * Double(captionHeight), style, anchor: .middle)
    }
    return try canvas.image()
}
