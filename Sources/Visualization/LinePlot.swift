import Foundation
import Images

/// Lines over a common axis, on light ground.
public struct LinePlot: Sendable {
    /// What stands above it.
    public var title: String
    /// What the axes count.
    public var xLabel, yLabel: String
    /// The lines: a name and points each. A line is broken at a point that is not finite or beyond 1e300.
    public var series: [(name: String, points: [(Double, Double)])]

    /// A plot; nothing is drawn yet.
    public init(
        title: String, xLabel: String, yLabel: String, series: [(name: String, points: [(Double, Double)])]
    ) {
        self.title = title
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.series = series
    }

    /// The plot as an SVG element that can stand in an HTML page, beside others.
    ///
    /// - Throws: ``DrawingError``.
    public func svg(width: Int = 640, height: Int = 400) throws(DrawingError) -> String {
        embeddable(svg: try drawing(width: width, height: height).svg(), title: title)
    }

    /// The plot as a drawing.
    public func drawing(width: Int = 960, height: Int = 600) -> Drawing {
        Drawing(width: width, height: height) { (canvas) throws(DrawingError) in
            try LinePlotPainter(self, canvas, width: width, height: height).draw()
        }
    }
}

/// An SVG file as an element: without the XML declaration, with a title for those who do not see it, and with names of
/// its own, since every file calls its parts the same and a page has one set of names.
package func embeddable(svg: String, title: String) -> String {
    guard let start = svg.range(of: "<svg") else { return svg }
    var element = String(svg[start.lowerBound...])
    // FNV-1a of the content: equal plots, equal names.
    let hash = element.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let prefix = "p" + String(hash, radix: 36) + "-"
    for reference in [" id=\"", "href=\"#", "url(#"] {
        element = element.replacingOccurrences(of: reference, with: reference + prefix)
    }
    return "<svg role=\"img\" aria-label=\"\(title.printable.escapedForXML)\"" + element.dropFirst("<svg".count)
}
