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
    let layout = SheetLayout(tiles.map(\.image), columns: max(1, min(columns, tiles.count)), hasTitle: !title.isEmpty)
    let canvas = try Canvas(width: layout.width, height: layout.height)
    let heading = TextStyle(size: 20, isBold: true)
    let room = Double(layout.width - 2 * SheetLayout.gap)
    canvas.text(
        canvas.fitted(title, to: room, heading), x: Double(SheetLayout.gap), y: Double(SheetLayout.titleHeight) / 2 + 4,
        heading)
    let style = TextStyle(size: 14, color: Color(hex: 0x454d55))
    for (tile, place) in zip(tiles, layout.places) {
        try canvas.draw(tile.image.resized(width: place.width, height: place.height), x: place.x, y: place.y)
        canvas.text(
            canvas.fitted(tile.caption, to: Double(layout.tileWidth), style),
            x: Double(place.x) + Double(place.width) / 2,
            y: Double(place.y + place.height) + 0.6 * Double(SheetLayout.captionHeight), style, anchor: .middle)
    }
    return try canvas.image()
}

/// Where the tiles of a sheet stand: the pictures of a row begin on one line, and the next row begins below the highest.
private struct SheetLayout {
    struct Place { var x, y, width, height: Int }

    static let captionHeight = 26
    static let gap = 16
    static let titleHeight = 52
    /// Cairo's canvases end at 32767 pixels.
    private static let limit = 32_000
    /// Wider sheets do not fit a screen, whose tiles then would have to be looked at one by one.
    private static let comfortableWidth = 2_600

    let tileWidth: Int
    private(set) var places: [Place] = []
    private(set) var width, height: Int

    init(_ images: [Image], columns: Int, hasTitle: Bool) {
        let rowCount = (images.count + columns - 1) / columns
        tileWidth = max(16, min(640, max(Self.comfortableWidth / columns, 160), Self.limit / columns) - Self.gap)
        let tileHeight = max(
            1, min(960, (Self.limit - Self.titleHeight) / rowCount - Self.gap - Self.captionHeight))
        width = Self.gap + columns * (tileWidth + Self.gap)
        height = hasTitle ? Self.titleHeight : Self.gap
        for row in stride(from: 0, to: images.count, by: columns) {
            var highest = 0
            for (column, image) in images[row..<min(row + columns, images.count)].enumerated() {
                let scale = min(Double(tileWidth) / Double(image.width), Double(tileHeight) / Double(image.height))
                let size = [image.width, image.height].map { max(1, Int((Double($0) * scale).rounded())) }
                let left = Self.gap + column * (tileWidth + Self.gap)
                places.append(
                    Place(x: left + (tileWidth - size[0]) / 2, y: height, width: size[0], height: size[1]))
                highest = max(highest, size[1])
            }
            height += highest + Self.captionHeight + Self.gap
        }
    }
}
