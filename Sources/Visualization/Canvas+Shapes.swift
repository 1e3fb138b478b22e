import Boxes
import CCairo

extension Canvas {
    func setColor(_ color: Color, alpha: Double = 1) {
        cairo_set_source_rgba(pen, color.red, color.green, color.blue, alpha)
    }

    /// Fills a rectangle, its corners rounded by `radius`.
    func fill(_ box: Box<CanvasPixels>, _ color: Color, alpha: Double = 1, radius: Double = 0) {
        setColor(color, alpha: alpha)
        path(box, radius: radius)
        cairo_fill(pen)
    }

    /// Draws the outline of a rectangle.
    func stroke(
        _ box: Box<CanvasPixels>, _ color: Color, alpha: Double = 1, lineWidth: Double, dash: Double = 0,
        radius: Double = 0
    ) {
        setColor(color, alpha: alpha)
        path(box, radius: radius)
        finishStroke(lineWidth: lineWidth, dash: dash)
    }

    /// Draws a line through points.
    func stroke(_ points: [(x: Double, y: Double)], _ color: Color, alpha: Double = 1, lineWidth: Double) {
        guard let first = points.first else { return }
        setColor(color, alpha: alpha)
        cairo_move_to(pen, first.x, first.y)
        for point in points.dropFirst() { cairo_line_to(pen, point.x, point.y) }
        finishStroke(lineWidth: lineWidth, dash: 0)
    }

    func fillCircle(x: Double, y: Double, radius: Double, _ color: Color) {
        setColor(color)
        cairo_new_sub_path(pen)
        cairo_arc(pen, x, y, radius, 0, 2 * .pi)
        cairo_fill(pen)
    }

    /// Draws with everything outside a rectangle left as it is.
    func clipped(to box: Box<CanvasPixels>, _ body: () -> Void) {
        cairo_save(pen)
        path(box, radius: 0)
        cairo_clip(pen)
        body()
        cairo_restore(pen)
    }

    private func finishStroke(lineWidth: Double, dash: Double) {
        cairo_set_line_width(pen, lineWidth)
        cairo_set_line_join(pen, CAIRO_LINE_JOIN_ROUND)
        cairo_set_line_cap(pen, dash > 0 ? CAIRO_LINE_CAP_BUTT : CAIRO_LINE_CAP_ROUND)
        var lengths = [dash, dash * 0.75]
        cairo_set_dash(pen, &lengths, dash > 0 ? 2 : 0, 0)
        cairo_stroke(pen)
    }

    private func path(_ box: Box<CanvasPixels>, radius: Double) {
        let radius = min(radius, box.width / 2, box.height / 2)
        guard radius > 0 else { return cairo_rectangle(pen, box.xMin, box.yMin, box.width, box.height) }
        cairo_new_sub_path(pen)
        let corners = [
            (box.xMax - radius, box.yMin + radius), (box.xMax - radius, box.yMax - radius),
            (box.xMin + radius, box.yMax - radius), (box.xMin + radius, box.yMin + radius),
        ]
        for (index, corner) in corners.enumerated() {
            let angle = Double(index - 1) * .pi / 2
            cairo_arc(pen, corner.0, corner.1, radius, angle, angle + .pi / 2)
        }
        cairo_close_path(pen)
    }
}
