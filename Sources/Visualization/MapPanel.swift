import Boxes
import Images

/// The panel below a map: its caption, and the colour bar with its range, or why there is none.
struct MapPanel {
    enum Scale {
        case bar(ClosedRange<Float>, Colormap)
        case note(String)
        case nothing
    }

    /// Its height in pixels.
    let height: Int
    private let captionLines, noteLines: [String]
    private let bar: (low: String, high: String, colormap: Colormap)?
    private let width, padding: Double
    private let style: TextStyle
    private let quiet: TextStyle
    /// Whether the caption and the colour bar share a line.
    private let isOneLine: Bool
    private let barWidth: Double

    /// - Parameters:
    /// - size: The size of the text, in pixels.
    /// - padding: The padding on the left and right; a tile's panel has none.
    ///   - canvas: Measures text; the panel may be drawn on another.
    init(caption: String, scale: Scale, width: Int, size: Double, padding: Double, measuredOn canvas: Canvas) {
        self.width = Double(width)
        self.padding = padding
        style = TextStyle(size: size, isBold: padding > 0)
        quiet = TextStyle(size: size, color: Color(hex: 0x454d55))
        let room = Double(width) - 2 * padding
        var barBlock = 0.0
        switch scale {
        case .bar(let range, let colormap):
            let numbers = (shortNumber(range.lowerBound), shortNumber(range.upperBound))
            let labels = canvas.width(of: numbers.0, quiet) + canvas.width(of: numbers.1, quiet) + size
            barWidth = max(2, min(16 * size, room - labels))
            barBlock = barWidth + labels
            bar = (numbers.0, numbers.1, colormap)
            noteLines = []
        case .note(let note):
            (bar, barWidth) = (nil, 0)
            noteLines = canvas.lines(of: note, to: room, quiet)
        case .nothing:
            (bar, barWidth, noteLines) = (nil, 0, [])
        }
        isOneLine = bar != nil && !caption.isEmpty && canvas.width(of: caption, style) + 2 * size + barBlock <= room
        captionLines = isOneLine ? [caption] : canvas.lines(of: caption, to: room, style)
        let lineCount = captionLines.count + noteLines.count + (bar == nil || isOneLine ? 0 : 1)
        height = lineCount == 0 ? 0 : Int((Double(lineCount) * style.lineHeight + 0.9 * size).rounded(.up))
    }

    /// Draws the panel on a white background, which it does not fill itself.
    func draw(on canvas: Canvas, left: Double = 0, top: Double) throws(DrawingError) {
        let first = top + 0.45 * style.size
        canvas.text(captionLines, x: left + padding, top: first, style)
        let next = first + Double(captionLines.count) * style.lineHeight
        canvas.text(noteLines, x: left + padding, top: next, quiet)
        guard let bar else { return }
        let middle = (isOneLine ? first : next) + 0.5 * style.lineHeight
        let highWidth = canvas.width(of: bar.high, quiet)
        let lowWidth = canvas.width(of: bar.low, quiet)
        let blockWidth = lowWidth + highWidth + barWidth + style.size
        // Beside a caption the bar is aligned with the image's right edge, below one with its left edge.
        let start = isOneLine ? left + width - padding - blockWidth : left + padding
        canvas.text(bar.low, x: start, y: middle, quiet)
        let barStart = start + lowWidth + 0.5 * style.size
        canvas.text(bar.high, x: barStart + barWidth + 0.5 * style.size, y: middle, quiet)
        let frame = Box<CanvasPixels>(
            xMin: barStart.rounded(), yMin: (middle - 0.42 * style.size).rounded(),
            xMax: (barStart + barWidth).rounded(), yMax: (middle + 0.42 * style.size).rounded())
        let (columns, rows) = (max(1, Int(frame.width)), max(1, Int(frame.height)))
        let colors = (0..<columns).flatMap { column in
            let color = bar.colormap.color(columns == 1 ? 1 : Double(column) / Double(columns - 1))
            return [color.r, color.g, color.b]
        }
        let row = Image(width: columns, height: 1, pixels: colors)
        try canvas.draw(
            row.blocks(width: columns, height: rows), x: Int(frame.xMin), y: Int(frame.yMin), width: columns,
            height: rows)
        canvas.stroke(frame, Color(hex: 0x9aa3ad), lineWidth: 1)
    }
}
