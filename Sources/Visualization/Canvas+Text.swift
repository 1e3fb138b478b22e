import Boxes
import CCairo

/// How text is set.
struct TextStyle {
    var size: Double
    var isBold = false
    var color: Color = .ink

    /// The height of a line.
    var lineHeight: Double { size * 1.3 }
}

/// Which part of a text stands at the place it is drawn at.
enum TextAnchor { case start, middle, end }

extension Canvas {
    /// How far a text reaches.
    func width(of text: String, _ style: TextStyle) -> Double {
        select(style)
        var extents = cairo_text_extents_t()
        cairo_text_extents(pen, text.printable, &extents)
        return extents.x_advance
    }

    /// A text, cut with an ellipsis when it is wider than `width`.
    func fitted(_ text: String, to width: Double, _ style: TextStyle) -> String {
        if self.width(of: text, style) <= width { return text }
        let characters = Array(text)
        var (fits, count) = (0, characters.count)
        while fits + 1 < count {
            let middle = (fits + count) / 2
            if self.width(of: characters[..<middle] + "…", style) <= width { fits = middle } else { count = middle }
        }
        return characters[..<fits] + "…"
    }

    /// Writes a text whose line is centred on `y`; turned upwards when `isVertical`.
    func text(
        _ text: String, x: Double, y: Double, _ style: TextStyle, anchor: TextAnchor = .start, isVertical: Bool = false
    ) {
        let reach = width(of: text, style)
        let shift =
            switch anchor {
            case .start: 0.0
            case .middle: -reach / 2
            case .end: -reach
            }
        // The middle of the small letters and figures, not of the line, is what looks centred.
        let drop = 0.36 * style.size
        setColor(style.color)
        cairo_save(pen)
        cairo_translate(pen, x, y)
        if isVertical { cairo_rotate(pen, -.pi / 2) }
        cairo_move_to(pen, shift, drop)
        cairo_show_text(pen, text.printable)
        cairo_restore(pen)
    }

    private func select(_ style: TextStyle) {
        cairo_select_font_face(
            pen, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
            style.isBold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
        cairo_set_font_size(pen, style.size)
    }
}

extension String {
    /// This text without what cairo and XML refuse: controls such as line breaks, and numbers that Unicode keeps empty.
    var printable: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map {
                    if $0.properties.isNoncharacterCodePoint { return "\u{fffd}" }
                    return $0.properties.generalCategory == .control ? " " : $0
                }))
    }
}

private func + (left: ArraySlice<Character>, right: String) -> String { String(left) + right }
