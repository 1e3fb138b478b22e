import Foundation

/// What an image's file says before its pixels.
public struct ImageHeader: Sendable {
    /// The extents in pixels, once turned as EXIF or TIFF asks.
    public let width, height: Int
    /// How it is coded, whatever its name says.
    public let format: ImageFormat
    /// How the stored image must be turned.
    public let orientation: EXIFOrientation

    /// Reads the header of a file: its first 4 KiB, and more only where the header goes on; no pixel is decoded.
    ///
    /// - Throws: ``ImageError``, too when the image claims too many pixels to be decoded.
    public init(contentsOf url: URL) throws(ImageError) { try self.init(ByteSource(ImageFile(url))) }

    init(_ source: ByteSource) throws(ImageError) {
        format = try ImageFormat(source.head, path: source.path)
        let stored = try format.entry.readHeader(source)
        try requireDecodable(width: stored.width, height: stored.height, path: source.path)
        orientation = stored.orientation
        (width, height) = orientation.swapsAxes ? (stored.height, stored.width) : (stored.width, stored.height)
    }
}
