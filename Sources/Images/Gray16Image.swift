import Foundation
import Tensors

/// An image of 16-bit grey, top row first: for data that viewers should be able to open.
public struct Gray16Image: Hashable, Sendable {
    /// The number of columns, at least 1.
    public let width: Int
    /// The number of rows, at least 1.
    public let height: Int
    /// Each pixel's value, row by row.
    public let pixels: [UInt16]

    /// Creates an image from its pixels, row by row.
    public init(width: Int, height: Int, pixels: [UInt16]) {
        precondition(
            width > 0 && height > 0 && pixels.count == width * height,
            "\(pixels.count) values do not fill \(width) x \(height) pixels")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// Reads a PNG of 16-bit grey, with values as stored.
    ///
    /// - Throws: ``ImageError``; ``ImageError/notGray16(path:)`` for any other image.
    public init(contentsOf url: URL) throws(ImageError) {
        let file = try ImageFile(url)
        let bytes = try file.bytes()
        guard case .png = try ImageFormat(bytes, path: file.path) else { throw .notGray16(path: file.path) }
        self = try PNGReader(PNGFile(bytes, path: file.path)).gray16()
    }

    /// The image as the content of a PNG file, with values as stored.
    ///
    /// - Throws: ``ImageError/cannotEncode(reason:)``.
    public func pngData() throws(ImageError) -> Data { try PNGWriter.gray16(self) }

    /// Writes a PNG file atomically.
    ///
    /// - Throws: ``ImageError/cannotEncode(reason:)``, `FileWriteError`.
    public func writePNG(to url: URL) throws { try writeAtomically(pngData(), to: url) }
}
