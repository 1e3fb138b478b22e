import Boxes
import CCairo
import Images

/// Pixels of what is being drawn.
package enum CanvasPixels: CoordinateSpace {}

/// A surface of cairo and the pen that draws on it, freed with the last reference.
///
/// Cairo's pens remember their first error and then do nothing; so it is enough that a surface can only be looked at through
/// a check.
final class Canvas {
    let width, height: Int
    let pen: OpaquePointer
    private let surface: OpaquePointer
    private let sink: ByteSink?

    /// A canvas of pixels, all of one colour.
    convenience init(width: Int, height: Int, background: Color = .white) throws(DrawingError) {
        let surface = cairo_image_surface_create(
            CAIRO_FORMAT_RGB24, Int32(clamping: width), Int32(clamping: height))
        try self.init(surface, width: width, height: height, sink: nil)
        fill(Box(xMin: 0, yMin: 0, xMax: Double(width), yMax: Double(height)), background)
    }

    /// A canvas that begins as a picture.
    convenience init(_ image: Image) throws(DrawingError) {
        try self.init(width: image.width, height: image.height)
        try draw(image, x: 0, y: 0)
    }

    /// A canvas that writes down what is drawn, as SVG.
    convenience init(svgWidth width: Int, height: Int) throws(DrawingError) {
        let sink = ByteSink()
        let surface = cairo_svg_surface_create_for_stream(
            { context, bytes, count in
                guard let context, let bytes else { return CAIRO_STATUS_WRITE_ERROR }
                Unmanaged<ByteSink>.fromOpaque(context).takeUnretainedValue().bytes
                    .append(contentsOf: UnsafeBufferPointer(start: bytes, count: Int(count)))
                return CAIRO_STATUS_SUCCESS
            }, Unmanaged.passUnretained(sink).toOpaque(), Double(width), Double(height))
        cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX)
        try self.init(surface, width: width, height: height, sink: sink)
    }

    private init(_ surface: OpaquePointer?, width: Int, height: Int, sink: ByteSink?) throws(DrawingError) {
        // Cairo never returns nothing: a failed surface is one that knows why.
        guard let surface, let pen = cairo_create(surface) else { throw .cairo("there is no memory left") }
        self.width = width
        self.height = height
        self.pen = pen
        self.surface = surface
        self.sink = sink
        try check()
    }

    deinit {
        cairo_destroy(pen)
        cairo_surface_destroy(surface)
    }

    /// - Throws: ``DrawingError/cairo(_:)`` when anything drawn so far went wrong.
    private func check() throws(DrawingError) {
        for status in [cairo_surface_status(surface), cairo_status(pen)] where status != CAIRO_STATUS_SUCCESS {
            throw .cairo(String(cString: cairo_status_to_string(status)))
        }
    }

    /// What has been drawn, as a picture.
    func image() throws(DrawingError) -> Image {
        try check()
        cairo_surface_flush(surface)
        guard let data = cairo_image_surface_get_data(surface) else { throw .cairo("the canvas has no pixels") }
        let rowLength = Int(cairo_image_surface_get_stride(surface))
        let pixels = [UInt8](unsafeUninitializedCapacity: 3 * width * height) { target, count in
            count = 3 * width * height
            for y in 0..<height {
                let row = UnsafeRawPointer(data + y * rowLength).assumingMemoryBound(to: UInt32.self)
                for x in 0..<width {
                    let start = 3 * (y * width + x)
                    target[start] = UInt8(truncatingIfNeeded: row[x] >> 16)
                    target[start + 1] = UInt8(truncatingIfNeeded: row[x] >> 8)
                    target[start + 2] = UInt8(truncatingIfNeeded: row[x])
                }
            }
        }
        return Image(width: width, height: height, pixels: pixels)
    }

    /// What has been drawn, as the text of an SVG file.
    func svg() throws(DrawingError) -> String {
        try check()
        cairo_surface_finish(surface)
        try check()
        return String(decoding: sink?.bytes ?? [], as: UTF8.self)
    }

    /// Copies a picture, its left upper corner to a pixel of the canvas; what does not fit is left out.
    func draw(_ image: Image, x left: Int, y top: Int) throws(DrawingError) {
        try check()
        cairo_surface_flush(surface)
        guard let data = cairo_image_surface_get_data(surface) else { throw .cairo("the canvas has no pixels") }
        let rowLength = Int(cairo_image_surface_get_stride(surface))
        for y in max(0, -top)..<max(max(0, -top), min(image.height, height - top)) {
            let row = UnsafeMutableRawPointer(data + (y + top) * rowLength).assumingMemoryBound(to: UInt32.self)
            for x in max(0, -left)..<max(max(0, -left), min(image.width, width - left)) {
                let pixel = image[x, y]
                row[x + left] = UInt32(pixel.r) << 16 | UInt32(pixel.g) << 8 | UInt32(pixel.b)
            }
        }
        cairo_surface_mark_dirty(surface)
    }
}

private final class ByteSink {
    var bytes: [UInt8] = []
}
