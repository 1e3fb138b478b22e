import Boxes
import CCairo

extension CairoSurface {
    func fill(_ shape: Shape, _ color: Color, alpha: Double) {
        setColor(color, alpha: alpha)
        path(shape)
        cairo_fill(pen)
    }

    func stroke(_ shape: Shape, _ color: Color, alpha: Double, lineWidth: Double, dash: Double) {
        setColor(color, alpha: alpha)
        path(shape)
        cairo_set_line_width(pen, lineWidth)
        cairo_set_line_join(pen, CAIRO_LINE_JOIN_ROUND)
        cairo_set_line_cap(pen, dash > 0 ? CAIRO_LINE_CAP_BUTT : CAIRO_LINE_CAP_ROUND)
        var lengths = [dash, dash * 0.75]
        cairo_set_dash(pen, &lengths, dash > 0 ? 2 : 0, 0)
        cairo_stroke(pen)
    }

    func width(of text: String, _ style: TextStyle) -> Double {
        select(style)
        var extents = cairo_text_extents_t()
        cairo_text_extents(pen, text.printable, &extents)
        return extents.x_advance
    }

    func text(_ text: String, x: Double, y: Double, _ style: TextStyle, anchor: TextAnchor, isVertical: Bool) {
        let reach = width(of: text, style)
        let shift =
            switch anchor {
            case .start: 0.0
            case .middle: -reach / 2
            case .end: -reach
            }
        setColor(style.color, alpha: 1)
        cairo_save(pen)
        cairo_translate(pen, x, y)
        if isVertical { cairo_rotate(pen, -.pi / 2) }
        cairo_move_to(pen, shift, style.drop)
        cairo_show_text(pen, text.printable)
        cairo_restore(pen)
    }

    /// Disables rounding of glyph widths to whole pixels from now on.
    func measureFreely() {
        let options = cairo_font_options_create()
        cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
        cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
        cairo_set_font_options(pen, options)
        cairo_font_options_destroy(options)
    }

    private func setColor(_ color: Color, alpha: Double) {
        cairo_set_source_rgba(pen, color.red, color.green, color.blue, alpha)
    }

    private func select(_ style: TextStyle) {
        cairo_select_font_face(
            pen, TextStyle.family, CAIRO_FONT_SLANT_NORMAL,
            style.isBold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
        cairo_set_font_size(pen, style.size)
    }

    private func path(_ shape: Shape) {
        switch shape {
        case .line(let points):
            guard let first = points.first else { return }
            cairo_move_to(pen, first.x, first.y)
            for point in points.dropFirst() { cairo_line_to(pen, point.x, point.y) }
        case .circle(let x, let y, let radius):
            cairo_new_sub_path(pen)
            cairo_arc(pen, x, y, radius, 0, 2 * .pi)
        case .rectangle(let box, let radius):
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
}
