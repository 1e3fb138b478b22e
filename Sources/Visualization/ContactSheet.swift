import Boxes
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
    let rows = (tiles.count + columns - 1) / columns
    let layout = SheetLayout(tiles.map(\.image), columns: columns, rows: rows, hasTitle: !title.isEmpty)
    let canvas = try Canvas(width: layout.width, height: layout.height)
    let heading = TextStyle(size: 20, isBold: true)
    canvas.text(
        canvas.fitted(title, to: Double(layout.width - 2 * layout.gap), heading), x: Double(layout.gap),
        y: Double(layout.top) / 2 + 4, heading)
    let style = TextStyle(size: 14, color: Color(hex: 0x454d55))
    for (index, tile) in tiles.enumerated() {
        let picture = layout.fitted(tile.image)
        let left = layout.gap + index % columns * (layout.tileWidth + layout.gap)
        let top = layout.top + index / columns * layout.rowHeight
        // All pictures of a row begin on one line.
        try canvas.draw(picture, x: left + (layout.tileWidth - picture.width) / 2, y: top)
        canvas.text(
            canvas.fitted(tile.caption, to: Double(layout.tileWidth), style), x: Double(left + layout.tileWidth / 2),
            y: Double(top + picture.height) + 0.6 * Double(SheetLayout.captionHeight), style, anchor: .middle)
    }
    return try canvas.image()
}

private struct SheetLayout {
    static let captionHeight = 26

    let gap = 16
    let top: Int
    let tileWidth: Int
    let tileHeight: Int
    let rowHeight: Int
    let width, height: Int

    init(_ images: [Image], columns: Int, rows: Int, hasTitle: Bool) {
        top = hasTitle ? 52 : gap
        // Cairo's canvases end at 32767 pixels.
        let limit = 32_000
        let widest = max(16, min(480, (limit - gap) / columns - gap))
        let highest = max(16, min(720, (limit - top) / rows - gap - Self.captionHeight))
        tileWidth = widest
        tileHeight = images.map { Self.size(of: $0, width: widest, height: highest).height }.max() ?? 1
        rowHeight = tileHeight + Self.captionHeight + gap
        width = gap + columns * (tileWidth + gap)
        height = top + rows * rowHeight
    }

    func fitted(_ image: Image) -> Image {
        let size = Self.size(of: image, width: tileWidth, height: tileHeight)
        return image.resized(width: size.width, height: size.height)
    }

    private static func size(of image: Image, width: Int, height: Int) -> (width: Int, height: Int) {
        let scale = min(Double(width) / Double(image.width), Double(height) / Double(image.height))
        return (
            max(1, Int((Double(image.width) * scale).rounded())), max(1, Int((Double(image.height) * scale).rounded()))
        )
    }
}
