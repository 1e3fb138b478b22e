import Boxes
import Images

/// What a canvas draws on: pixels, the page of a PDF file, or the elements of an SVG file.
protocol Surface: AnyObject {
    /// Whether shapes stay shapes. Then images keep their pixels, too; otherwise they become those of the surface.
    var keepsShapes: Bool { get }

    func fill(_ shape: Shape, _ color: Color, alpha: Double)

    func stroke(_ shape: Shape, _ color: Color, alpha: Double, lineWidth: Double, dash: Double)

    /// How far a text reaches.
    func width(of text: String, _ style: TextStyle) -> Double

    /// Writes a text on the base line `y`, turned upwards when `isVertical`.
    func text(_ text: String, x: Double, y: Double, _ style: TextStyle, anchor: TextAnchor, isVertical: Bool)

    /// Draws an image that fills a rectangle of whole pixels; on pixels it has as many as the rectangle.
    func draw(_ image: Image, in frame: Box<CanvasPixels>) throws(DrawingError)

    /// Draws so that what is drawn in `view` is seen in `frame`, and nothing outside of it.
    func show(
        _ view: Box<CanvasPixels>, in frame: Box<CanvasPixels>, _ body: () throws(DrawingError) -> Void
    ) throws(DrawingError)
}

/// What is filled or drawn as a line.
enum Shape {
    case rectangle(Box<CanvasPixels>, radius: Double)
    case line([(x: Double, y: Double)])
    case circle(x: Double, y: Double, radius: Double)
}
