import Boxes
import Foundation
import Images

/// The coordinate space of a drawing's pixels.
package enum CanvasPixels: CoordinateSpace {}

/// What drawings are drawn on. Drawing code is written once; the surface decides whether it becomes pixels, a PDF page or SVG elements.
final class Canvas {
    let surface: any Surface

    init(_ surface: any Surface) { self.surface = surface }

    /// A canvas for measuring text as it appears in pixels; nothing drawn on it is shown.
    static func ruler() throws(DrawingError) -> Canvas { Canvas(try CairoSurface(width: 1, height: 1)) }

    /// The maximum number of image pixels embedded per canvas pixel. Prints do not show more; without a limit, a sheet of large photographs
    /// would take hundreds of megabytes.
    private static let finest = 4

    /// The resolution at which to compute an image that will fill `width x height` canvas pixels: that size on pixel surfaces, the image's
    /// own where images are embedded.
    func resolution(of image: Image, width: Int, height: Int) -> (width: Int, height: Int) {
        guard surface.keepsShapes && image.width > width else { return (width, height) }
        let isTooFine = image.width > Self.finest * width
        return isTooFine ? (Self.finest * width, Self.finest * height) : (image.width, image.height)
    }

    /// Draws an image scaled to a size in canvas pixels.
    func draw(_ image: Image, x: Int, y: Int, width: Int, height: Int) throws(DrawingError) {
        var image = image
        if surface.keepsShapes && image.width > Self.finest * width {
            image = image.resized(width: Self.finest * width, height: Self.finest * height)
        }
        try surface.draw(image, in: Self.frame(x, y, width, height))
    }

    /// Draws another drawing scaled to a size in canvas pixels.
    func draw(_ drawing: Drawing, x: Int, y: Int, width: Int, height: Int) throws(DrawingError) {
        guard surface.keepsShapes else {
            return try draw(drawing.image(), x: x, y: y, width: width, height: height)
        }
        let frame = Self.frame(x, y, width, height)
        try surface.show(Self.frame(0, 0, drawing.width, drawing.height), in: frame) { () throws(DrawingError) in
            try drawing.paint(self)
        }
    }

    /// Draws with the origin at a pixel of the canvas, clipped to a width and height from there.
    func inside(
        x: Int, y: Int, width: Int, height: Int, _ body: () throws(DrawingError) -> Void
    ) throws(DrawingError) {
        try surface.show(Self.frame(0, 0, width, height), in: Self.frame(x, y, width, height), body)
    }

    /// Draws clipped to a rectangle.
    func clipped(to box: Box<CanvasPixels>, _ body: () throws(DrawingError) -> Void) throws(DrawingError) {
        try surface.show(box, in: box, body)
    }

    private static func frame(_ x: Int, _ y: Int, _ width: Int, _ height: Int) -> Box<CanvasPixels> {
        Box(xMin: Double(x), yMin: Double(y), xMax: Double(x + width), yMax: Double(y + height))
    }
}
