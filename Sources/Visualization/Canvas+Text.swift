import Foundation
import Tensors

/// The style of text.
struct TextStyle {
    var size: Double
    var isBold = false
    var color: Color = .ink

    /// The height of a line.
    var lineHeight: Double { size * 1.3 }
    /// How far the base line lies below the middle. Centring is by lowercase letters and digits, not by the line, since that looks centred.
    var drop: Double { 0.36 * size }

    static let family = "DejaVu Sans"
}

/// Which part of a text is placed at its position.
enum TextAnchor { case start, middle, end }

extension Canvas {
    /// Returns the width of a text.
    func width(of text: String, _ style: TextStyle) -> Double { surface.width(of: text, style) }

    /// Returns a text, cut with an ellipsis when it is wider than `width`.
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

    /// Draws a text whose line is centred on `y`; turned upwards when `isVertical`.
    func text(
        _ text: String, x: Double, y: Double, _ style: TextStyle, anchor: TextAnchor = .start, isVertical: Bool = false
    ) {
        surface.text(text, x: x, y: y, style, anchor: anchor, isVertical: isVertical)
    }
}

extension String {
    /// This text without what cairo and XML refuse: control characters such as line breaks, and Unicode noncharacters. Marks that change
    /// the direction of writing, with which a name could pose as another, are written out.
    var printable: String {
        let plain = String(
            String.UnicodeScalarView(
                unicodeScalars.map {
                    if $0.properties.isNoncharacterCodePoint { return "\u{fffd}" }
                    return $0.properties.generalCategory == .control ? " " : $0
                }))
        return plain.shownOnTerminal
    }
}

extension String {
    /// This text escaped for content and attributes of XML and HTML.
    package var escapedForXML: String {
        // By scalars: a combining mark after "<" would form one character with it and hide it.
        unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}

private func + (left: ArraySlice<Character>, right: String) -> String { String(left) + right }
