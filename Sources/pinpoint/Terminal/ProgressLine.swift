import Foundation
import Tensors

/// A line at the bottom of the terminal that is redrawn in place; prints nothing if no terminal is attached.
struct ProgressLine {
    private var isShown = false
    private var lastDrawn = ContinuousClock.now - .seconds(1)

    /// Draws the line, at most ten times a second unless it is `final`.
    mutating func draw(_ text: @autoclosure () -> String, final: Bool = false) {
        guard Terminal.isInteractive else { return }
        let now = ContinuousClock.now
        guard final || now - lastDrawn >= .milliseconds(100) else { return }
        lastDrawn = now
        isShown = true
        Terminal.redraw(String(text().shownOnTerminal.prefix(max(10, Terminal.width - 1))))
    }

    /// Clears the line, so that permanent output can be printed.
    mutating func clear() {
        guard isShown else { return }
        isShown = false
        Terminal.redraw("")
    }

    /// `━━━━━━────`.
    static func bar(_ finished: Int, of count: Int, width: Int = 20) -> String {
        let filled = count > 0 ? min(width, width * finished / count) : 0
        return String(repeating: "━", count: filled) + String(repeating: "─", count: width - filled)
    }

    /// `3:07` or `2:05:09`.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e7 else { return "-:--" }
        let total = Int(seconds.rounded())
        let (hours, minutes, rest) = (total / 3600, total / 60 % 60, total % 60)
        return hours > 0
            ? String(format: "%d:%02d:%02d", hours, minutes, rest) : String(format: "%d:%02d", minutes, rest)
    }
}
