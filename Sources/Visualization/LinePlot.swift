import Foundation
import Images
import Tensors

/// Lines in one coordinate system, on a light background.
public struct LinePlot: Sendable {
    /// The title above the plot.
    public var title: String
    /// The labels of the axes.
    public var xLabel, yLabel: String
    /// The lines: a name and points for each. A line is interrupted at a point that is not finite or beyond 1e300.
    public var series: [(name: String, points: [(Double, Double)])]

    /// Places on the horizontal axis with a dashed line and a label.
    public var marks: [(x: Double, label: String)] = []

    /// Creates a plot; nothing is drawn yet.
    public init(
        title: String, xLabel: String, yLabel: String, series: [(name: String, points: [(Double, Double)])]
    ) {
        self.title = title
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.series = series
    }

    /// The plot as an SVG element that can be embedded in an HTML page, beside others.
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

/// Turns an SVG file into an element: without the XML declaration, with a title for screen readers, and with unique ids, since every file
/// uses the same ids and a page must not repeat them.
package func embeddable(svg: String, title: String) -> String {
    guard let start = svg.range(of: "<svg") else { return svg }
    var element = String(svg[start.lowerBound...])
    // Equal plots, equal names.
    let prefix = "p" + String(ContentHash(element).value, radix: 36) + "-"
    for reference in [" id=\"", "href=\"#", "url(#"] {
        element = element.replacingOccurrences(of: reference, with: reference + prefix)
    }
    return "<svg role=\"img\" aria-label=\"\(title.printable.escapedForXML)\"" + element.dropFirst("<svg".count)
}
