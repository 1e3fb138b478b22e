import Boxes
import Foundation
import Images

/// Draws the panels of a ``DecodingSheet``, all of one size.
struct DecodingPanels {
    private let drawing: DecodingSheet
    /// The size of a panel in pixels.
    let width, height: Int
    private let toCanvas: AffineMap<ImagePixels, CanvasPixels>
    private let cellsToCanvas: AffineMap<OutputCells, CanvasPixels>
    /// The side of a cell in pixels of the panel.
    private let cell: Double
    private let sampler: HeatmapSampler

    init(_ drawing: DecodingSheet) throws(DrawingError) {
        self.drawing = drawing
        sampler = try HeatmapSampler(drawing.heatmap)
        guard sampler.classCount == drawing.classNames.count else {
            throw .classCount(heatmap: sampler.classCount, names: drawing.classNames.count)
        }
        guard let cellsToImage = drawing.imageToCells.inverse else { throw .unusableMap }
        let image = drawing.image
        let longer = Double(max(image.width, image.height))
        // A cell needs eight pixels to be distinguishable from its neighbours.
        let cells = longer * abs(drawing.imageToCells.a)
        let scale = min(1600, max(920, 8 * cells)) / longer
        width = max(1, Int((Double(image.width) * scale).rounded()))
        height = max(1, Int((Double(image.height) * scale).rounded()))
        toCanvas = image.scaling(to: (width, height))
        cellsToCanvas = cellsToImage.followed(by: toCanvas)
        cell = abs(cellsToCanvas.a)
    }

    var captions: [(title: String, text: String)] {
        let low = String(format: "%g", drawing.threshold)
        let missed = drawing.groundTruths.map { groundTruths in
            let count = groundTruths.count { !$0.label.isEmpty }
            return "Dashed: annotated, white where found, in colour with the reason where missed (\(count))."
        }
        return [
            ("1  The image", "\(drawing.image.width) x \(drawing.image.height) pixels."),
            (
                "2  Heatmap, cell by cell",
                "Ring: peak with its rank. Dot: cell of at least \(low), suppressed by the larger neighbour that its line leads to. "
                    + "Circle: lower peak."
            ),
            (
                "3  Offset and size, read at each peak",
                "Square: the peak's cell. Short line: its offset, from the cell's corner to the centre. Cross: width and "
                    + "height."
            ),
            (
                "4  Boxes",
                "Solid: detections with rank and probability. " + (missed ?? "The image has no annotation.")
            ),
        ]
    }

    var legend: [Legend.Entry] {
        drawing.classNames.enumerated().map { index, name in
            let count = drawing.peaks.count { $0.classIndex == index }
            return Legend.Entry(name: name, detail: "\(count)", color: Palette.color(index), rank: Double(count))
        }
    }

    func image(_ canvas: Canvas) throws(DrawingError) {
        try canvas.draw(drawing.image, x: 0, y: 0, width: width, height: height)
    }

    /// Draws the heatmap's cells over the dimmed image, peaks as rings, and suppressed cells as dots with a line to the cell that
    /// suppressed them.
    func peaks(_ canvas: Canvas) throws(DrawingError) {
        let pixels = canvas.resolution(of: drawing.image, width: width, height: height)
        try canvas.draw(heated(pixels), x: 0, y: 0, width: width, height: height)
        grid(on: canvas)
        for mark in drawing.marks {
            let (x, y) = middle(mark.row, mark.column)
            guard let winner = mark.winner else {
                ring(x, y, radius: 0.16 * cell, .white, lineWidth: 1, on: canvas)
                continue
            }
            let end = middle(winner.row, winner.column)
            let line = [(x: x, y: y), (x: x + 0.8 * (end.x - x), y: y + 0.8 * (end.y - y))]
            canvas.stroke(line, .ink, alpha: 0.5, lineWidth: 2.2)
            canvas.stroke(line, .white, alpha: 0.9, lineWidth: 1)
            canvas.fillCircle(x: x, y: y, radius: max(1.6, 0.13 * cell), .white)
        }
        for peak in drawing.peaks {
            let (x, y) = middle(peak.row, peak.column)
            ring(x, y, radius: max(3.5, 0.46 * cell), Palette.color(peak.classIndex), lineWidth: 2, on: canvas)
        }
        ranks(on: canvas, reach: max(3.5, 0.5 * cell))
    }

    /// Draws the other heads' outputs at each peak.
    func readings(_ canvas: Canvas) throws(DrawingError) {
        let pixels = canvas.resolution(of: drawing.image, width: width, height: height)
        let base = drawing.image.resized(width: pixels.width, height: pixels.height)
        try canvas.draw(base.dimmed(to: 0.5), x: 0, y: 0, width: width, height: height)
        for peak in drawing.peaks.reversed() where peak.box.isFinite {
            let color = Palette.color(peak.classIndex)
            let box = cellsToCanvas(peak.box)
            let arms = [
                [(x: box.xMin, y: box.centerY), (x: box.xMax, y: box.centerY)],
                [(x: box.centerX, y: box.yMin), (x: box.centerX, y: box.yMax)],
                [(x: box.xMin, y: box.centerY - 4), (x: box.xMin, y: box.centerY + 4)],
                [(x: box.xMax, y: box.centerY - 4), (x: box.xMax, y: box.centerY + 4)],
                [(x: box.centerX - 4, y: box.yMin), (x: box.centerX + 4, y: box.yMin)],
                [(x: box.centerX - 4, y: box.yMax), (x: box.centerX + 4, y: box.yMax)],
            ]
            for arm in arms where arm.allSatisfy({ abs($0.x) < 1e5 && abs($0.y) < 1e5 }) {
                canvas.stroke(arm, .ink, alpha: 0.5, lineWidth: 3)
                canvas.stroke(arm, color, lineWidth: 1.5)
            }
        }
        for peak in drawing.peaks where peak.box.isFinite {
            let color = Palette.color(peak.classIndex)
            let corner = cellsToCanvas(x: Double(peak.column), y: Double(peak.row))
            let center = cellsToCanvas(x: peak.box.centerX, y: peak.box.centerY)
            let square = Box<CanvasPixels>(
                xMin: corner.x, yMin: corner.y, xMax: corner.x + cell, yMax: corner.y + cell)
            canvas.fill(square, .ink, alpha: 0.6)
            canvas.stroke(square, color, lineWidth: 1.5)
            canvas.stroke([corner, center], .white, lineWidth: 1.5)
            canvas.fillCircle(x: center.x, y: center.y, radius: 2.2, .white)
        }
        ranks(on: canvas, reach: 0.5 * cell)
    }

    /// Draws the final boxes and the annotated ones.
    func boxes(_ canvas: Canvas) throws(DrawingError) {
        try image(canvas)
        let groundTruths = drawing.groundTruths ?? []
        let missed = groundTruths.filter { !$0.label.isEmpty }
        for found in groundTruths where found.label.isEmpty && found.box.isFinite && found.kind == .boxes {
            canvas.stroke(toCanvas(found.box), .white, alpha: 0.8, lineWidth: 1, dash: 5)
        }
        // Labels of missed objects are placed first: there are fewer of them, and they say more.
        let points = groundTruths.filter { $0.label.isEmpty && $0.kind == .points }
        BoxPainter(canvas, width: width, height: height).draw(missed + drawing.boxes + points, toCanvas)
    }

    private func middle(_ row: Int, _ column: Int) -> (x: Double, y: Double) {
        cellsToCanvas(x: Double(column) + 0.5, y: Double(row) + 0.5)
    }

    private func ring(_ x: Double, _ y: Double, radius: Double, _ color: Color, lineWidth: Double, on canvas: Canvas) {
        let circle = Box<CanvasPixels>(centerX: x, centerY: y, width: 2 * radius, height: 2 * radius)
        canvas.stroke(circle, .ink, alpha: 0.7, lineWidth: lineWidth + 2, radius: radius)
        canvas.stroke(circle, color, lineWidth: lineWidth, radius: radius)
    }

    /// Draws the rank beside each peak, where nothing else is drawn.
    private func ranks(on canvas: Canvas, reach: Double) {
        var style = TextStyle(size: 12, isBold: true)
        let spots = drawing.peaks.map { peak in
            let (x, y) = middle(peak.row, peak.column)
            return Box<CanvasPixels>(centerX: x, centerY: y, width: 2 * reach, height: 2 * reach)
        }
        var placer = LabelPlacer(width: Double(width), height: Double(height), boxes: spots)
        for (peak, spot) in zip(drawing.peaks, spots) {
            let text = "\(peak.rank)"
            let place = placer.place(width: canvas.width(of: text, style) + 6, height: 15, for: spot)
            let color = Palette.color(peak.classIndex)
            style.color = color.textColor
            canvas.fill(place, color, alpha: 0.92, radius: 3)
            canvas.text(text, x: place.centerX, y: place.centerY, style, anchor: .middle)
        }
    }

    /// Draws lines between cells where they are far enough apart to be distinguishable.
    private func grid(on canvas: Canvas) {
        guard cell >= 4 else { return }
        for column in 0...sampler.columns {
            let (x, top) = cellsToCanvas(x: Double(column), y: 0)
            let bottom = cellsToCanvas(x: Double(column), y: Double(sampler.rows)).y
            canvas.stroke([(x: x, y: top), (x: x, y: bottom)], .white, alpha: 0.12, lineWidth: 1)
        }
        for row in 0...sampler.rows {
            let (left, y) = cellsToCanvas(x: 0, y: Double(row))
            let right = cellsToCanvas(x: Double(sampler.columns), y: Double(row)).x
            canvas.stroke([(x: left, y: y), (x: right, y: y)], .white, alpha: 0.12, lineWidth: 1)
        }
    }

    /// The class with the highest value of each cell in its colour over the dimmed image, constant within the cell.
    private func heated(_ pixels: (width: Int, height: Int)) -> Image {
        let dim = drawing.image.resized(width: pixels.width, height: pixels.height).dimmed(to: 0.4)
        let toPixels = drawing.image.scaling(to: pixels)
        guard let toCells = drawing.imageToCells.inverse?.followed(by: toPixels).inverse else { return dim }
        var pixels = dim.pixels
        for y in 0..<dim.height {
            for x in 0..<dim.width {
                let place = toCells(x: Double(x) + 0.5, y: Double(y) + 0.5)
                // At the middle of a cell, interpolation gives the cell's own value.
                let (column, row) = (place.x.rounded(.down) + 0.5, place.y.rounded(.down) + 0.5)
                guard let (classIndex, heat) = sampler.hottest(x: column, y: row) else { continue }
                let color = Palette.color(classIndex).bytes
                let alpha = HeatmapSampler.opacity(heat)
                let start = 3 * (y * dim.width + x)
                for (channel, value) in [color.r, color.g, color.b].enumerated() {
                    let below = Float(pixels[start + channel])
                    pixels[start + channel] = UInt8(below + alpha * (Float(value) - below) + 0.5)
                }
            }
        }
        return Image(width: dim.width, height: dim.height, pixels: pixels)
    }
}

extension Image {
    /// The image in grey and darkened, but never black, so that colours drawn over it stand out.
    fileprivate func dimmed(to share: Double) -> Image {
        var pixels = pixels
        for start in stride(from: 0, to: pixels.count, by: 3) {
            let gray =
                0.2126 * Double(pixels[start]) + 0.7152 * Double(pixels[start + 1])
                + 0.0722 * Double(pixels[start + 2])
            for channel in 0..<3 { pixels[start + channel] = UInt8(24 + share * gray) }
        }
        return Image(width: width, height: height, pixels: pixels)
    }
}
