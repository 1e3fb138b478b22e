import Boxes
import Foundation
import Images

/// Records drawing calls as elements of an SVG file: rectangles stay rectangles, and text stays text.
///
/// Text has the width that it has in DejaVu Sans, whatever font displays it, so that it fits what is drawn around it.
final class SVGSurface: Surface {
    let keepsShapes = true
    private let width, height: Int
    private let ruler: CairoSurface
    private var elements = ""
    private var clipCount = 0

    init(width: Int, height: Int) throws(DrawingError) {
        guard width > 0 && height > 0 else { throw .cairo("a drawing of \(width) x \(height) pixels has no area") }
        (self.width, self.height) = (width, height)
        ruler = try CairoSurface(width: 1, height: 1)
        ruler.measureFreely()
    }

    /// The file's text.
    var document: String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="\(width)px" \
        height="\(height)px" viewBox="0 0 \(width) \(height)" xml:space="preserve">\
        <g font-family="'\(TextStyle.family)', Verdana, sans-serif" stroke-linejoin="round">
        \(elements)</g></svg>

        """
    }

    func fill(_ shape: Shape, _ color: Color, alpha: Double) {
        add(shape, "fill=\"\(color.hex)\"" + opacity("fill", alpha))
    }

    func stroke(_ shape: Shape, _ color: Color, alpha: Double, lineWidth: Double, dash: Double) {
        let line = "fill=\"none\" stroke=\"\(color.hex)\" stroke-width=\"\(number(lineWidth))\""
        let ends =
            dash > 0
            ? " stroke-dasharray=\"\(number(dash)) \(number(dash * 0.75))\"" : " stroke-linecap=\"round\""
        add(shape, line + opacity("stroke", alpha) + ends)
    }

    func width(of text: String, _ style: TextStyle) -> Double { ruler.width(of: text, style) }

    func text(_ text: String, x: Double, y: Double, _ style: TextStyle, anchor: TextAnchor, isVertical: Bool) {
        let reach = width(of: text, style)
        guard reach > 0 else { return }
        let turn = isVertical ? " transform=\"rotate(-90 \(number(x)) \(number(y)))\"" : ""
        let side = anchor == .start ? "" : " text-anchor=\"\(anchor)\""
        let weight = style.isBold ? " font-weight=\"bold\"" : ""
        elements += """
            <text x="\(number(x))" y="\(number(y + style.drop))"\(side) font-size="\(number(style.size))"\(weight) \
            fill="\(style.color.hex)" textLength="\(number(reach))" lengthAdjust="spacingAndGlyphs"\(turn)>\
            \(text.printable.escapedForXML)</text>

            """
    }

    func draw(_ image: Image, in frame: Box<CanvasPixels>) throws(DrawingError) {
        let data: Data
        do throws(ImageError) { data = try image.pngData() } catch { throw .cairo("\(error)") }
        elements += """
            <image \(place(frame)) preserveAspectRatio="none" \
            xlink:href="data:image/png;base64,\(data.base64EncodedString())"/>

            """
    }

    func show(
        _ view: Box<CanvasPixels>, in frame: Box<CanvasPixels>, _ body: () throws(DrawingError) -> Void
    ) throws(DrawingError) {
        clipCount += 1
        elements += """
            <clipPath id="clip\(clipCount)"><rect \(place(frame))/></clipPath>\
            <g clip-path="url(#clip\(clipCount))"><g\(transform(view, frame))>

            """
        try body()
        elements += "</g></g>\n"
    }

    private func transform(_ view: Box<CanvasPixels>, _ frame: Box<CanvasPixels>) -> String {
        if view == frame { return "" }
        let (scaleX, scaleY) = (frame.width / view.width, frame.height / view.height)
        let (x, y) = (frame.xMin - view.xMin * scaleX, frame.yMin - view.yMin * scaleY)
        let scale = (scaleX, scaleY) == (1, 1) ? "" : " scale(\(scaleX) \(scaleY))"
        return " transform=\"translate(\(number(x)) \(number(y)))\(scale)\""
    }

    private func add(_ shape: Shape, _ look: String) {
        switch shape {
        case .rectangle(let box, let radius):
            let radius = min(radius, box.width / 2, box.height / 2)
            let corners = radius > 0 ? " rx=\"\(number(radius))\"" : ""
            elements += "<rect \(place(box))\(corners) \(look)/>\n"
        case .circle(let x, let y, let radius):
            elements += "<circle cx=\"\(number(x))\" cy=\"\(number(y))\" r=\"\(number(radius))\" \(look)/>\n"
        case .line(let points):
            let places = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
            elements += "<polyline points=\"\(places)\" \(look)/>\n"
        }
    }

    private func place(_ box: Box<CanvasPixels>) -> String {
        let (x, y) = (min(box.xMin, box.xMax), min(box.yMin, box.yMax))
        return "x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(abs(box.width)))\" "
            + "height=\"\(number(abs(box.height)))\""
    }

    private func opacity(_ part: String, _ alpha: Double) -> String {
        alpha < 1 ? " \(part)-opacity=\"\(number(alpha))\"" : ""
    }

    /// A number to a thousandth of a pixel; non-finite numbers become 0.
    private func number(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let rounded = (value * 1000).rounded() / 1000
        return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int(rounded))" : "\(rounded)"
    }
}

extension Color {
    /// `#ff8000`.
    fileprivate var hex: String {
        let (r, g, b) = bytes
        return "#" + [r, g, b].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
