import Foundation

/// How text is set.
struct TextStyle {
    var size: Double
    var isBold = false
    var color: Color = .ink

    /// The height of a line.
    var lineHeight: Double { size * 1.3 }
    /// How far the base line lies below the middle: that of small letters and figures, not of the line, is what looks centred.
    var drop: Double { 0.36 * size }

    static let family = "DejaVu Sans"
}

/// Which part of a text stands at the place it is drawn at.
enum TextAnchor { case start, middle, end }

extension Canvas {
    /// How far a text reaches.
    func width(of text: String, _ style: TextStyle) -> Double { surface.width(of: text, style) }

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
        surface.text(text, x: x, y: y, style, anchor: anchor, isVertical: isVertical)
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

extension String {
    /// The text between tags or in an attribute.
    var escapedForXML: String {
        replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: ">", with: "&gt;").replacingOccurrences(of: "\"", with: "&quot;")
    }
}

private func + (left: ArraySlice<Character>, right: String) -> String { String(left) + right }
