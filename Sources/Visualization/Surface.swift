import Boxes
import Images

/// What a canvas draws on: pixels, the page of a PDF file, or the elements of an SVG file.
protocol Surface: AnyObject {
    /// Whether shapes stay vector graphics. Then images keep their resolution, too; otherwise they are resampled to that of the surface.
    var keepsShapes: Bool { get }

    func fill(_ shape: Shape, _ color: Color, alpha: Double)

    func stroke(_ shape: Shape, _ color: Color, alpha: Double, lineWidth: Double, dash: Double)

    /// Returns the width of a text.
    func width(of text: String, _ style: TextStyle) -> Double

    /// Draws a text on the base line `y`, turned upwards when `isVertical`.
    func text(_ text: String, x: Double, y: Double, _ style: TextStyle, anchor: TextAnchor, isVertical: Bool)

    /// Draws an image that fills a rectangle of whole pixels; on a pixel surface it is resampled to the rectangle's pixels.
    func draw(_ image: Image, in frame: Box<CanvasPixels>) throws(DrawingError)

    /// Draws so that the contents of `view` appear in `frame`, clipped to it.
    func show(
        _ view: Box<CanvasPixels>, in frame: Box<CanvasPixels>, _ body: () throws(DrawingError) -> Void
    ) throws(DrawingError)
}

/// A shape that is filled or drawn as an outline.
enum Shape {
    case rectangle(Box<CanvasPixels>, radius: Double)
    case line([(x: Double, y: Double)])
    case circle(x: Double, y: Double, radius: Double)
}
