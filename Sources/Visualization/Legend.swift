import Boxes

/// A panel of colours and what they stand for, as many in a line as there is room for.
struct Legend {
    struct Entry {
        var name, detail: String
        var color: Color
        /// When there are too many entries, the highest ranks are shown.
        var rank: Double
    }

    let title: String
    let entries: [Entry]
    private let width: Double
    private let hiddenCount: Int
    private let style: TextStyle

    init(title: String, entries: [Entry], width: Int) {
        self.title = title
        self.width = Double(width)
        let limit = 40
        let floor = entries.map(\.rank).sorted(by: >).prefix(limit).last ?? 0
        self.entries = Array(entries.filter { $0.rank >= floor }.prefix(limit))
        hiddenCount = entries.count - self.entries.count
        style = TextStyle(size: max(10, self.width / 68))
    }

    private var padding: Double { style.size }
    private var line: Double { 1.7 * style.size }
    private var swatch: Double { style.size }

    /// How many pixels high the panel is.
    func height(_ canvas: Canvas) -> Int {
        Int((Double((layout(canvas).last?.row ?? 0) + 1) * line + padding).rounded(.up))
    }

    func draw(on canvas: Canvas, top: Double) {
        let bottom = top + Double(height(canvas))
        canvas.fill(Box(xMin: 0, yMin: top, xMax: width, yMax: bottom), .white)
        for place in layout(canvas) {
            let y = top + padding / 2 + (Double(place.row) + 0.5) * line
            var x = place.x
            if let color = place.color {
                let square = Box<CanvasPixels>(centerX: x + swatch / 2, centerY: y, width: swatch, height: swatch)
                canvas.fill(square, color, radius: 0.2 * swatch)
                x += 1.4 * swatch
            }
            canvas.text(place.name, x: x, y: y, place.style)
            x += canvas.width(of: place.name, place.style) + 0.5 * style.size
            canvas.text(place.detail, x: x, y: y, quiet)
        }
    }

    private struct Place {
        var name, detail: String
        var color: Color?
        var style: TextStyle
        var x = 0.0
        var row = 0
    }

    private var quiet: TextStyle { TextStyle(size: style.size, color: Color(hex: 0x5b6570)) }

    private func layout(_ canvas: Canvas) -> [Place] {
        let bold = TextStyle(size: style.size, isBold: true)
        let rest = hiddenCount > 0 ? [Place(name: "", detail: "and \(hiddenCount) more", color: nil, style: quiet)] : []
        let places =
            [Place(name: title, detail: "", color: nil, style: bold)]
            + entries.map { Place(name: $0.name, detail: $0.detail, color: $0.color, style: style) } + rest
        var (x, row) = (padding, 0)
        return places.map { place in
            var place = place
            let fixed =
                (place.color == nil ? 0 : 1.4 * swatch) + 0.5 * style.size + canvas.width(of: place.detail, quiet)
            place.name = canvas.fitted(place.name, to: width - 2 * padding - fixed, place.style)
            let length = fixed + canvas.width(of: place.name, place.style)
            if x > padding && x + length > width - padding { (x, row) = (padding, row + 1) }
            (place.x, place.row) = (x, row)
            x += length + 1.2 * style.size
            return place
        }
    }
}
