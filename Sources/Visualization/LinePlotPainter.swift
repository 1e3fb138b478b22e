import Boxes

/// Draws a plot: a title, the legend below it, where it covers nothing, and then the axes.
struct LinePlotPainter {
    private let plot: LinePlot
    private let canvas: Canvas
    private let width, height: Double
    /// The scale: everything grows with the image; at 640 pixels across, text has size 12.
    private let unit: Double

    private var title: TextStyle { TextStyle(size: 15 * unit, isBold: true) }
    private var text: TextStyle { TextStyle(size: 12 * unit, color: Color(hex: 0x454d55)) }
    private static let grid = Color(hex: 0xe4e7eb)
    private static let axis = Color(hex: 0x9aa3ad)

    init(_ plot: LinePlot, _ canvas: Canvas, width: Int, height: Int) {
        self.plot = plot
        self.canvas = canvas
        self.width = Double(width)
        self.height = Double(height)
        unit = max(0.6, min(self.width / 640, self.height / 400))
    }

    func draw() throws(DrawingError) {
        let margin = 14 * unit
        canvas.text(
            canvas.fitted(plot.title, to: width - 2 * margin, title), x: margin, y: margin + title.size / 2, title)
        let top = legend(from: margin + title.lineHeight + 6 * unit, margin: margin) + 14 * unit
        let bottom = height - margin - 2 * text.lineHeight - 4 * unit

        let points = plot.series.flatMap(\.points).filter(Self.isShown)
        let y = AxisScale(showing: points.map(\.1), tickCount: max(2, Int((bottom - top) / (44 * unit))))
        let labelWidth = y.labels.map { canvas.width(of: $0, text) }.max() ?? 0
        var frame = Box<CanvasPixels>(
            xMin: margin + text.lineHeight + labelWidth + 12 * unit, yMin: top, xMax: width - margin - 8 * unit,
            yMax: bottom)
        // Half of the last label extends beyond the end of the axis.
        let lastLabel = horizontalAxis(points.map(\.0), across: frame.width).labels.last ?? ""
        frame.xMax = min(frame.xMax, width - 0.5 * canvas.width(of: lastLabel, text) - 6 * unit)
        guard frame.width > 20 * unit, frame.height > 20 * unit else { return }
        let x = horizontalAxis(points.map(\.0), across: frame.width)
        drawAxes(x, y, frame: frame, margin: margin)
        try canvas.clipped(
            to: Box(
                xMin: frame.xMin - 4 * unit, yMin: frame.yMin - 4 * unit, xMax: frame.xMax + 4 * unit,
                yMax: frame.yMax + 4 * unit)
        ) { () throws(DrawingError) in
            for mark in plot.marks where (0...1).contains(x.position(mark.x)) { drawMark(mark, x, frame: frame) }
            for (index, series) in plot.series.enumerated() {
                drawLine(series.points, color(index), x, y, frame: frame)
            }
        }
        if points.isEmpty { canvas.text("no data", x: frame.centerX, y: frame.centerY, text, anchor: .middle) }
    }

    private func color(_ index: Int) -> Color { Palette.color(index).onWhite }

    /// The horizontal axis, with as many ticks as there is room for labels.
    private func horizontalAxis(_ values: [Double], across width: Double) -> AxisScale {
        let wholeNumbers = !values.isEmpty && values.allSatisfy { $0 == $0.rounded() }
        var count = max(1, Int(width / (56 * unit)))
        while true {
            let axis = AxisScale(showing: values, tickCount: count, wholeNumbers: wholeNumbers)
            let widest = axis.labels.map { canvas.width(of: $0, text) }.max() ?? 0
            if count == 1 || (widest + 10 * unit) * Double(axis.ticks.count - 1) <= width { return axis }
            count -= 1
        }
    }

    /// - Returns: The bottom of the legend.
    private func legend(from top: Double, margin: Double) -> Double {
        let named = plot.series.enumerated().filter { !$0.element.name.isEmpty }
        if named.isEmpty { return top }
        let room = width - 2 * margin
        // The plot needs most of the height; readers cannot tell more lines than these apart anyway.
        let names = named.map { canvas.fitted($0.element.name, to: room - 24 * unit, text) }
        let widths = names.map { 24 * unit + canvas.width(of: $0, text) }
        let flow = LegendFlow(widths, gap: 14 * unit, width: room)
        let rowCount = min(flow.rowCount, max(1, Int(0.2 * height / text.lineHeight)))
        let shown = flow.row.count { $0 < rowCount }
        let hidden = names.count - shown
        for (place, series) in named.prefix(hidden > 0 ? shown - 1 : shown).enumerated() {
            let x = margin + flow.x[place]
            let middle = top + (Double(flow.row[place]) + 0.5) * text.lineHeight
            canvas.stroke([(x + 2 * unit, middle), (x + 17 * unit, middle)], color(series.offset), lineWidth: 3 * unit)
            canvas.text(names[place], x: x + 24 * unit, y: middle, text)
        }
        if hidden > 0 {
            canvas.text(
                canvas.fitted("and \(hidden + 1) more", to: room - flow.x[shown - 1], text),
                x: margin + flow.x[shown - 1], y: top + (Double(rowCount) - 0.5) * text.lineHeight, text)
        }
        return top + Double(rowCount) * text.lineHeight
    }

    private func drawAxes(_ x: AxisScale, _ y: AxisScale, frame: Box<CanvasPixels>, margin: Double) {
        for tick in y.ticks {
            let place = frame.yMax - y.position(tick) * frame.height
            canvas.stroke([(frame.xMin, place), (frame.xMax, place)], Self.grid, lineWidth: unit)
            canvas.text(y.label(tick), x: frame.xMin - 8 * unit, y: place, text, anchor: .end)
        }
        for tick in x.ticks {
            let place = frame.xMin + x.position(tick) * frame.width
            canvas.stroke([(place, frame.yMax), (place, frame.yMax + 4 * unit)], Self.axis, lineWidth: unit)
            canvas.text(
                x.label(tick), x: place, y: frame.yMax + 6 * unit + text.lineHeight / 2, text, anchor: .middle)
        }
        canvas.stroke([(frame.xMin, frame.yMax), (frame.xMax, frame.yMax)], Self.axis, lineWidth: 1.2 * unit)
        canvas.text(
            canvas.fitted(plot.xLabel, to: frame.width, text), x: frame.centerX,
            y: height - margin - text.lineHeight / 2 + 2 * unit, text, anchor: .middle)
        canvas.text(
            canvas.fitted(plot.yLabel, to: frame.height, text), x: margin + text.lineHeight / 2 - 2 * unit,
            y: frame.centerY, text, anchor: .middle, isVertical: true)
    }

    /// A dashed line over the whole height, its label at the top on the side with more room.
    private func drawMark(_ mark: (x: Double, label: String), _ x: AxisScale, frame: Box<CanvasPixels>) {
        let place = frame.xMin + x.position(mark.x) * frame.width
        canvas.stroke([(place, frame.yMin), (place, frame.yMax)], Self.axis, lineWidth: 1.2 * unit, dash: 5 * unit)
        let isLeft = place < frame.centerX
        let room = (isLeft ? frame.xMax - place : place - frame.xMin) - 6 * unit
        canvas.text(
            canvas.fitted(mark.label, to: room, text), x: place + (isLeft ? 6 : -6) * unit,
            y: frame.yMin + text.lineHeight / 2, text, anchor: isLeft ? .start : .end)
    }

    private static func isShown(_ point: (Double, Double)) -> Bool {
        AxisScale.shows(point.0) && AxisScale.shows(point.1)
    }

    private func drawLine(
        _ points: [(Double, Double)], _ color: Color, _ x: AxisScale, _ y: AxisScale, frame: Box<CanvasPixels>
    ) {
        for run in points.split(whereSeparator: { !Self.isShown($0) }) {
            var places: [(x: Double, y: Double)] = []
            for point in run {
                let place = (
                    x: frame.xMin + x.position(point.0) * frame.width,
                    y: frame.yMax - y.position(point.1) * frame.height
                )
                // Thousands of points on one pixel would only make files large.
                if let last = places.last, abs(last.x - place.x) < 0.2, abs(last.y - place.y) < 0.2 { continue }
                places.append(place)
            }
            if places.count == 1 { canvas.fillCircle(x: places[0].x, y: places[0].y, radius: 3 * unit, color) }
            if places.count > 1 { canvas.stroke(places, color, lineWidth: 2 * unit) }
        }
    }
}
