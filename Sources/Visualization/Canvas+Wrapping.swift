extension Canvas {
    /// Breaks a text into lines no wider than `width`, after spaces and after the characters that separate the words of a name (`.`, `_`,
    /// `/`, `-`), and inside a word only if it is too wide for a line. When there are too many lines, the last one ends with an ellipsis.
    func lines(of text: String, to width: Double, _ style: TextStyle, atMost limit: Int = 4) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in Self.words(of: text) {
            if self.width(of: (line + word).withoutEdgeBlanks, style) <= width {
                line += word
                continue
            }
            if !line.isEmpty { lines.append(line) }
            line = ""
            // Hostile names can be very long; only the first lines are ever visible.
            for character in word.prefix(500) {
                if !line.isEmpty && self.width(of: line + String(character), style) > width {
                    lines.append(line)
                    line = ""
                }
                line.append(character)
            }
            if lines.count > limit { break }
        }
        lines.append(line)
        lines = lines.map(\.withoutEdgeBlanks).filter { !$0.isEmpty }
        if lines.count <= limit { return lines }
        return lines.prefix(limit - 1) + [fitted(lines[limit - 1] + " " + lines[limit], to: width, style)]
    }

    private static func words(of text: String) -> [String] {
        var words: [String] = []
        var word = ""
        for character in text.printable {
            word.append(character)
            guard " ._/-".contains(character) else { continue }
            words.append(word)
            word = ""
        }
        return word.isEmpty ? words : words + [word]
    }

    /// Draws lines one below the other, the first one's top at `top`.
    func text(_ lines: [String], x: Double, top: Double, _ style: TextStyle, anchor: TextAnchor = .start) {
        for (index, line) in lines.enumerated() {
            text(line, x: x, y: top + (Double(index) + 0.5) * style.lineHeight, style, anchor: anchor)
        }
    }
}

extension String {
    fileprivate var withoutEdgeBlanks: String {
        var rest = Substring(self)
        while rest.last == " " { rest.removeLast() }
        while rest.first == " " { rest.removeFirst() }
        return String(rest)
    }
}
