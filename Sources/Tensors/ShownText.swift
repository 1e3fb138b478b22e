extension String {
    /// This text as one line for a terminal: control characters are written as `\\x1b`, invisible marks that break or reorder lines as
    /// `\\u{202e}`.
    ///
    /// Names of files, classes and layers come from files that anyone may have made: written as they are, they could recolour, clear or
    /// retitle the terminal, or forge lines of the program.
    public var shownOnTerminal: String {
        unicodeScalars.contains(where: \.isHiddenControl) ? escaped { _ in false } : self
    }

    /// This text for a terminal, with its line breaks; everything else as ``shownOnTerminal``.
    package var shownAsLines: String {
        unicodeScalars.contains(where: \.isHiddenControl) ? escaped { $0 == "\n" } : self
    }

    /// This text for a page, with its line breaks and tabs; everything else as ``shownOnTerminal``.
    package var shownAsParagraphs: String {
        unicodeScalars.contains(where: \.isHiddenControl) ? escaped { $0 == "\n" || $0 == "\t" } : self
    }

    private func escaped(except isKept: (Unicode.Scalar) -> Bool) -> String {
        var text = ""
        for scalar in unicodeScalars {
            if !scalar.isHiddenControl || isKept(scalar) {
                text.unicodeScalars.append(scalar)
            } else {
                let digits = String(scalar.value, radix: 16)
                text += scalar.value > 0xff ? "\\u{\(digits)}" : "\\x" + (digits.count < 2 ? "0" : "") + digits
            }
        }
        return text
    }
}

extension Unicode.Scalar {
    /// Whether this is a control character, a line or paragraph separator, or a mark that changes the direction of writing.
    fileprivate var isHiddenControl: Bool {
        switch value {
        case 0..<0x20, 0x7f..<0xa0, 0x61c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069: true
        default: false
        }
    }
}

/// Joins lines for a terminal; each stays one line whatever names it contains, see ``Swift/String/shownOnTerminal``.
///
/// Every text for the terminal is made of these and of ``textTable(_:flushLeft:)``.
public func terminalLines(_ lines: [String]) -> String { lines.map(\.shownOnTerminal).joined(separator: "\n") }
