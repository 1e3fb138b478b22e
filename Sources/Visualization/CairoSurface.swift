import Boxes
import CCairo
import Foundation
import Images

/// A cairo surface and its drawing context, freed with the last reference: pixels, or the page of a PDF file.
///
/// Cairo's contexts remember their first error and then ignore further calls; so it is enough to check for errors before the surface is
/// read.
final class CairoSurface: Surface {
    let keepsShapes: Bool
    let pen: OpaquePointer
    private let surface: OpaquePointer
    private let sink: ByteSink?

    /// Creates black pixels.
    convenience init(width: Int, height: Int) throws(DrawingError) {
        guard max(width, height) <= maximumDrawingSide else { throw .tooLarge(width: width, height: height) }
        let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(clamping: width), Int32(clamping: height))
        try self.init(surface, keepsShapes: false, sink: nil)
    }

    /// Creates a page with one point per pixel.
    convenience init(pageWidth width: Int, height: Int) throws(DrawingError) {
        // PDF readers do not accept longer pages.
        let scale = min(1, 14_400 / Double(max(width, height)))
        let sink = ByteSink()
        let surface = cairo_pdf_surface_create_for_stream(
            { context, bytes, count in
                guard let context, let bytes else { return CAIRO_STATUS_WRITE_ERROR }
                Unmanaged<ByteSink>.fromOpaque(context).takeUnretainedValue().bytes
                    .append(contentsOf: UnsafeBufferPointer(start: bytes, count: Int(count)))
                return CAIRO_STATUS_SUCCESS
            }, Unmanaged.passUnretained(sink).toOpaque(), Double(width) * scale, Double(height) * scale)
        // Compatible with all readers, and the same from every version of cairo: newer ones would compress the page's objects.
        cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_4)
        // The same drawing always gives the same file, whenever it is made.
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "")
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Pinpoint")
        try self.init(surface, keepsShapes: true, sink: sink)
        if scale < 1 { cairo_scale(pen, scale, scale) }
    }

    private init(_ surface: OpaquePointer?, keepsShapes: Bool, sink: ByteSink?) throws(DrawingError) {
        // Cairo never returns null: a failed surface carries its error.
        guard let surface, let pen = cairo_create(surface) else { throw .cairo("there is no memory left") }
        self.keepsShapes = keepsShapes
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

    /// Returns what has been drawn as an image.
    func image(width: Int, height: Int) throws(DrawingError) -> Image {
        try check()
        cairo_surface_flush(surface)
        guard let data = cairo_image_surface_get_data(surface) else { throw .cairo("the canvas has no pixels") }
        let rowLength = Int(cairo_image_surface_get_stride(surface))
        let pixels = [UInt8](unsafeUninitializedCapacity: 3 * width * height) { target, count in
            count = 3 * width * height
            let bytes = UnsafeMutableRawBufferPointer(target)
            for y in 0..<height {
                let row = UnsafeRawPointer(data + y * rowLength).assumingMemoryBound(to: UInt32.self)
                // Blue is the lowest byte. A fourth byte is stored and then overwritten by the next pixel; the last pixel is handled
                // separately.
                for x in 0..<width - 1 {
                    bytes.storeBytes(
                        of: (row[x] &<< 8).byteSwapped, toByteOffset: 3 &* (y &* width &+ x), as: UInt32.self)
                }
                let (last, start) = (row[width - 1], 3 * (y * width + width - 1))
                for byte in 0..<3 { target[start + byte] = UInt8(truncatingIfNeeded: last >> UInt32(16 - 8 * byte)) }
            }
        }
        return Image(width: width, height: height, pixels: pixels)
    }

    /// Returns the page as a PDF file; nothing can be drawn on it afterwards.
    func page() throws(DrawingError) -> Data {
        try check()
        cairo_surface_finish(surface)
        try check()
        return Data(sink?.bytes ?? [])
    }

    func draw(_ image: Image, in frame: Box<CanvasPixels>) throws(DrawingError) {
        try check()
        if keepsShapes { return try embed(image, in: frame) }
        let fitted = image.resized(width: Int(frame.width), height: Int(frame.height))
        var (left, top) = (frame.xMin, frame.yMin)
        cairo_user_to_device(pen, &left, &top)
        try copy(fitted, x: Int(left.rounded()), y: Int(top.rounded()))
    }

    /// Copies an image with its upper left corner at a pixel of the surface; what does not fit is left out.
    private func copy(_ image: Image, x left: Int, y top: Int) throws(DrawingError) {
        cairo_surface_flush(surface)
        guard let data = cairo_image_surface_get_data(surface) else { throw .cairo("the canvas has no pixels") }
        let (width, height) = (
            Int(cairo_image_surface_get_width(surface)), Int(cairo_image_surface_get_height(surface))
        )
        let rowLength = Int(cairo_image_surface_get_stride(surface))
        let columns = max(0, -left)..<max(max(0, -left), min(image.width, width - left))
        image.pixels.withUnsafeBytes { pixels in
            for y in max(0, -top)..<max(max(0, -top), min(image.height, height - top)) {
                let row = UnsafeMutableRawPointer(data + (y + top) * rowLength).assumingMemoryBound(to: UInt32.self)
                for x in columns {
                    let start = 3 &* (y &* image.width &+ x)
                    if start + 4 <= pixels.count {
                        let pixel = pixels.loadUnaligned(fromByteOffset: start, as: UInt32.self)
                        row[x + left] = pixel.byteSwapped &>> 8
                    } else {
                        let (red, green, blue) = (pixels[start], pixels[start + 1], pixels[start + 2])
                        row[x + left] = UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)
                    }
                }
            }
        }
        cairo_surface_mark_dirty(surface)
    }

    private func embed(_ image: Image, in frame: Box<CanvasPixels>) throws(DrawingError) {
        let pixels = try CairoSurface(width: image.width, height: image.height)
        try pixels.copy(image, x: 0, y: 0)
        cairo_save(pen)
        cairo_translate(pen, frame.xMin, frame.yMin)
        cairo_scale(pen, frame.width / Double(image.width), frame.height / Double(image.height))
        cairo_set_source_surface(pen, pixels.surface, 0, 0)
        cairo_rectangle(pen, 0, 0, Double(image.width), Double(image.height))
        cairo_fill(pen)
        cairo_restore(pen)
    }

    func show(
        _ view: Box<CanvasPixels>, in frame: Box<CanvasPixels>, _ body: () throws(DrawingError) -> Void
    ) throws(DrawingError) {
        cairo_save(pen)
        cairo_rectangle(pen, frame.xMin, frame.yMin, frame.width, frame.height)
        cairo_clip(pen)
        cairo_translate(pen, frame.xMin, frame.yMin)
        let (scaleX, scaleY) = (frame.width / view.width, frame.height / view.height)
        if (scaleX, scaleY) != (1, 1) { cairo_scale(pen, scaleX, scaleY) }
        cairo_translate(pen, -view.xMin, -view.yMin)
        defer { cairo_restore(pen) }
        try body()
    }
}

private final class ByteSink {
    var bytes: [UInt8] = []
}
