import Foundation

/// What a PNG or JPEG file says before its pixels.
public struct ImageHeader: Sendable {
    /// The extents in pixels, once turned as EXIF asks.
    public let width, height: Int
    /// How it is coded, whatever its name says.
    public let format: ImageFormat
    /// How the stored picture must be turned.
    public let orientation: EXIFOrientation

    /// Reads the header of a file; no pixel is decoded.
    ///
    /// - Throws: ``ImageError``, too when the picture claims too many pixels to be decoded.
    public init(contentsOf url: URL) throws(ImageError) {
        let file = try ImageFile(url)
        let head = try file.bytes(upTo: 1 << 18)
        do {
            try self.init(head, path: file.path)
        } catch ImageError.truncated where head.count < file.byteCount {
            // Colour profiles and thumbnails can stand before the extents.
            try self.init(file.bytes(), path: file.path)
        }
    }

    private init(_ bytes: [UInt8], path: String) throws(ImageError) {
        format = try ImageFormat(bytes, path: path)
        switch format {
        case .png:
            let header = try PNGHeader(bytes, path: path)
            (width, height, orientation) = (header.width, header.height, .upright)
        case .jpeg:
            let decoder = try JPEGDecoder(bytes, path: path)
            orientation = decoder.orientation
            let (width, height) = (decoder.header.width, decoder.header.height)
            (self.width, self.height) = orientation.swapsAxes ? (height, width) : (width, height)
        }
    }
}
