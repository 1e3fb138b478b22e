import Boxes

/// A panel of colours and their meaning, with as many entries per line as fit.
struct Legend {
    struct Entry {
        var name, detail: String
        var color: Color
        /// When there are too many entries, those with the highest ranks are shown.
        var rank: Double
    }

    private struct Cell {
        var name, detail: String
        var color: Color?
        var style: TextStyle
        var width = 0.0
    }

    /// The height of the panel in pixels.
    let height: Int
    private let cells: [Cell]
    private let flow: LegendFlow
    private let width, padding, line, swatch: Double
    private let quiet: TextStyle

    /// - Parameter canvas: Measures text; the panel may be drawn on another.
    init(title: String, entries: [Entry], width: Int, measuredOn canvas: Canvas) {
        self.width = Double(width)
        let size = max(10, Double(width) / 68)
        (padding, line, swatch) = (size, 1.7 * size, size)
        let style = TextStyle(size: size)
        let quiet = TextStyle(size: size, color: Color(hex: 0x5b6570))
        self.quiet = quiet

        let limit = 40
        let ranked = entries.enumerated().sorted { ($1.element.rank, $0.offset) < ($0.element.rank, $1.offset) }
        let shown = ranked.prefix(limit).sorted { $0.offset < $1.offset }.map(\.element)
        var cells = [Cell(name: title, detail: "", color: nil, style: TextStyle(size: size, isBold: true))]
        cells += shown.map { Cell(name: $0.name, detail: $0.detail, color: $0.color, style: style) }
        if shown.count < entries.count {
            cells.append(Cell(name: "and \(entries.count - shown.count) more", detail: "", color: nil, style: quiet))
        }
        let room = self.width - 2 * padding
        for index in cells.indices {
            let cell = cells[index]
            let fixed = (cell.color == nil ? 0 : 1.4 * size) + 0.5 * size + canvas.width(of: cell.detail, quiet)
            cells[index].name = canvas.fitted(cell.name, to: room - fixed, cell.style)
            cells[index].width = fixed + canvas.width(of: cells[index].name, cell.style)
        }
        self.cells = cells
        flow = LegendFlow(cells.map(\.width), gap: 1.2 * size, width: room)
        height = Int((Double(flow.rowCount) * line + padding).rounded(.up))
    }

    func draw(on canvas: Canvas, top: Double) {
        canvas.fill(Box(xMin: 0, yMin: top, xMax: width, yMax: top + Double(height)), .white)
        for (index, cell) in cells.enumerated() {
            var x = padding + flow.x[index]
            let y = top + padding / 2 + (Double(flow.row[index]) + 0.5) * line
            if let color = cell.color {
                let square = Box<CanvasPixels>(centerX: x + swatch / 2, centerY: y, width: swatch, height: swatch)
                canvas.fill(square, color, radius: 0.2 * swatch)
                x += 1.4 * swatch
            }
            canvas.text(cell.name, x: x, y: y, cell.style)
            canvas.text(cell.detail, x: x + canvas.width(of: cell.name, cell.style) + 0.5 * quiet.size, y: y, quiet)
        }
    }
}
