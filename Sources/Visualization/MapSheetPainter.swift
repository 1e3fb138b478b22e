import Boxes
import Images

/// Draws a sheet of maps: first all text is measured, then positions are computed, and then everything is drawn.
struct MapSheetPainter {
    private let sheet: MapSheet
    private let ruler: Canvas
    private let columns: Int
    private var layout: SheetLayout
    private let headingWidth: Int

    private static let heading = TextStyle(size: 14, isBold: true)
    private static let footerSize = 12.0

    init(_ sheet: MapSheet, tileWidth: Int) throws(DrawingError) {
        columns = max(sheet.columnHeadings.count, sheet.rows.map(\.tiles.count).max() ?? 0)
        if columns == 0 || sheet.rows.isEmpty { throw .noTiles }
        self.sheet = sheet
        let ruler = try Canvas.ruler()
        self.ruler = ruler
        // Headings break words before they take more room than a narrow tile.
        let widest = sheet.rows.map { ruler.width(of: $0.heading, Self.heading) }.max() ?? 0
        headingWidth = Int(min(widest.rounded(.up), 170))
        layout = SheetLayout(
            columns: columns, rows: sheet.rows.count, hasTitle: !sheet.title.isEmpty,
            left: headingWidth == 0 ? 0 : headingWidth + SheetLayout.gap, footer: 40,
            widest: max(32, tileWidth) + SheetLayout.gap)
    }

    func drawing() throws(DrawingError) -> Drawing {
        var layout = layout
        let width = Double(layout.tileWidth)
        let barTop = layout.height
        let bar = sharedBar(width: layout.width)
        layout.skip(bar.height)
        let headings = sheet.columnHeadings.map { ruler.lines(of: $0, to: width, Self.heading) }
        let headingLineCount = headings.map(\.count).max() ?? 0
        let headingBottom = layout.height + Int(Double(headingLineCount) * Self.heading.lineHeight)
        if headingLineCount > 0 { layout.skip(headingBottom - layout.height + 8) }

        var rows: [[(place: SheetLayout.Place, panel: MapPanel)]] = []
        for row in sheet.rows {
            let panels = row.tiles.map { panel(below: $0, width: layout.tileWidth) }
            let places = layout.placeRow(row.tiles.map { size(of: $0.content) }, footers: panels.map(\.height))
            rows.append(Array(zip(places, panels)))
        }

        let placed = layout
        return Drawing(width: placed.width, height: placed.height) { (canvas) throws(DrawingError) in
            placed.drawTitle(sheet.title, on: canvas)
            try bar.draw(on: canvas, top: Double(barTop))
            for (column, lines) in headings.enumerated() {
                // Short headings are placed close to their tiles.
                let top = Double(headingBottom) - Double(lines.count) * Self.heading.lineHeight
                canvas.text(
                    lines, x: Double(placed.left(ofColumn: column)) + width / 2, top: top, Self.heading,
                    anchor: .middle)
            }
            for (row, tiles) in zip(sheet.rows, rows) {
                drawHeading(row.heading, beside: tiles.map(\.place), on: canvas)
                for (tile, (place, panel)) in zip(row.tiles, tiles) {
                    try draw(tile, at: place, on: canvas)
                    try panel.draw(on: canvas, left: place.middle - width / 2, top: Double(place.bottom))
                }
            }
        }
    }

    private func drawHeading(_ heading: String, beside places: [SheetLayout.Place], on canvas: Canvas) {
        guard let top = places.map(\.y).min(), let height = places.map(\.height).max() else { return }
        let room = max(1, Int(Double(height) / Self.heading.lineHeight))
        let lines = ruler.lines(of: heading, to: Double(headingWidth), Self.heading, atMost: min(6, room))
        let middle = Double(top) + Double(height) / 2
        canvas.text(
            lines, x: Double(SheetLayout.gap), top: middle - Double(lines.count) / 2 * Self.heading.lineHeight,
            Self.heading)
    }

    private func sharedBar(width: Int) -> MapPanel {
        let scale = sheet.style.range.map { MapPanel.Scale.bar($0, sheet.style.colormap) }
        return MapPanel(
            caption: "", scale: scale ?? .nothing, width: width, size: 13, padding: Double(SheetLayout.gap),
            measuredOn: ruler)
    }

    /// The panel below a tile: its range unless all share one, or why it has no colours.
    private func panel(below tile: MapSheet.Tile, width: Int) -> MapPanel {
        var scale = MapPanel.Scale.nothing
        switch tile.content {
        case .overlay(_, let map, _, _), .map(let map):
            if tile.flatNote == nil, let range = sheet.style.range(for: map) {
                if sheet.style.range == nil { scale = .bar(range, sheet.style.colormap) }
            } else {
                scale = .note(tile.flatNote ?? sheet.style.flatNote)
            }
        case .image, .colors, .empty: break
        }
        return MapPanel(
            caption: tile.caption, scale: scale, width: width, size: Self.footerSize, padding: 0, measuredOn: ruler)
    }

    private func size(of content: MapSheet.Content) -> (width: Int, height: Int) {
        switch content {
        case .image(let image, _), .overlay(let image, _, _, _): (image.width, image.height)
        case .map(let map): map.shape.count == 2 ? (max(1, map.shape[1]), max(1, map.shape[0])) : (1, 1)
        case .colors(let map): map.shape.count == 3 ? (max(1, map.shape[2]), max(1, map.shape[1])) : (1, 1)
        // So flat that it takes up no height.
        case .empty: (100_000, 1)
        }
    }

    private func draw(_ tile: MapSheet.Tile, at place: SheetLayout.Place, on canvas: Canvas) throws(DrawingError) {
        let (x, y, width, height) = (place.x, place.y, place.width, place.height)
        switch tile.content {
        case .image(let image, let boxes):
            try canvas.draw(image, x: x, y: y, width: width, height: height)
            try canvas.draw(boxes, of: image, x: x, y: y, width: width, height: height)
        case .overlay(let image, let map, let imageToCells, let boxes):
            let laid = try LaidMap(
                image: image, map: map, imageToCells: imageToCells, style: sheet.style, flatNote: tile.flatNote)
            try laid.draw(on: canvas, boxes, x: x, y: y, width: width, height: height)
        case .map(let map):
            let bare = try BareMap(map, style: sheet.style, flatNote: tile.flatNote)
            let drawn = try bare.image(width: width, height: height)
            try canvas.draw(drawn, x: x, y: y, width: width, height: height)
        case .colors(let map):
            let drawn = try colorImage(map).blocks(width: width, height: height)
            try canvas.draw(drawn, x: x, y: y, width: width, height: height)
        case .empty: break
        }
    }
}
