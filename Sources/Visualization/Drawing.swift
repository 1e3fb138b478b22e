import Foundation
import Images
import Tensors

/// The file format of a drawing.
public enum DrawingFormat: String, CaseIterable, Hashable, Sendable {
    /// Pixels, lossless.
    case png
    /// Pixels, small files.
    case jpeg
    /// A page whose lines and text are sharp at any size; images are embedded at their own resolution.
    case pdf
    /// The same for browsers and drawing programs.
    case svg

    /// The extension of file names.
    public var fileExtension: String { self == .jpeg ? "jpg" : rawValue }

    /// Whether lines and text stay vector graphics.
    public var keepsShapes: Bool { self == .pdf || self == .svg }
}

/// A drawing, which becomes pixels, a PDF page or SVG elements when it is written.
public struct Drawing {
    /// The size in pixels, or in points of a page.
    public let width, height: Int
    let paint: (Canvas) throws(DrawingError) -> Void
    /// The image, if nothing else is drawn on it.
    private let plainImage: Image?

    init(width: Int, height: Int, paint: @escaping (Canvas) throws(DrawingError) -> Void) {
        (self.width, self.height) = (width, height)
        self.paint = paint
        plainImage = nil
    }

    /// Creates a drawing of an image alone.
    public init(_ image: Image) { self.init(image, width: image.width, height: image.height) }

    /// Creates a drawing of an image alone, scaled to another size.
    init(_ image: Image, width: Int, height: Int) {
        (self.width, self.height) = (width, height)
        paint = { (canvas) throws(DrawingError) in try canvas.draw(image, x: 0, y: 0, width: width, height: height) }
        plainImage = image
    }

    /// The drawing as pixels.
    ///
    /// - Throws: ``DrawingError``.
    public func image() throws(DrawingError) -> Image {
        if let plainImage { return plainImage.resized(width: width, height: height) }
        let surface = try CairoSurface(width: width, height: height)
        try draw(on: surface)
        return try surface.image(width: width, height: height)
    }

    /// The drawing as an SVG file.
    ///
    /// - Throws: ``DrawingError``.
    public func svg() throws(DrawingError) -> String {
        let surface = try SVGSurface(width: width, height: height)
        try draw(on: surface)
        return surface.document
    }

    /// The drawing as a PDF file of one page, with one point per pixel.
    ///
    /// - Throws: ``DrawingError``.
    public func pdf() throws(DrawingError) -> Data {
        let surface = try CairoSurface(pageWidth: width, height: height)
        try draw(on: surface)
        return try surface.page()
    }

    private func draw(on surface: some Surface) throws(DrawingError) {
        let canvas = Canvas(surface)
        canvas.fill(.init(xMin: 0, yMin: 0, xMax: Double(width), yMax: Double(height)), .white)
        try paint(canvas)
    }

    /// The drawing in a file format.
    ///
    /// - Throws: ``DrawingError``, ``ImageError``.
    public func data(as format: DrawingFormat = .png) throws -> Data {
        switch format {
        case .png: try image().pngData()
        case .jpeg: try image().jpegData()
        case .pdf: try pdf()
        case .svg: try Data(svg().utf8)
        }
    }

    /// Writes a file atomically.
    ///
    /// - Throws: ``DrawingError``, ``ImageError``, ``FileWriteError``.
    public func write(to url: URL, as format: DrawingFormat = .png) throws {
        try writeAtomically(data(as: format), to: url)
    }
}
