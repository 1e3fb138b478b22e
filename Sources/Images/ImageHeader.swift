import Foundation

/// The information in an image file before its pixels.
public struct ImageHeader: Sendable {
    /// The size in pixels, after the rotation of EXIF or TIFF.
    public let width, height: Int
    /// The format, whatever the name says.
    public let format: ImageFormat
    /// How the stored image must be rotated or mirrored.
    public let orientation: EXIFOrientation

    /// Reads the header of a file: its first 4 KiB, and more only if the header continues; no pixel is decoded.
    ///
    /// - Throws: ``ImageError``, also when the image claims too many pixels to be decoded.
    public init(contentsOf url: URL) throws(ImageError) { try self.init(ByteSource(ImageFile(url))) }

    init(_ source: ByteSource) throws(ImageError) {
        format = try ImageFormat(source.head, path: source.path)
        let stored = try format.entry.readHeader(source)
        try requireDecodable(width: stored.width, height: stored.height, path: source.path)
        orientation = stored.orientation
        (width, height) = orientation.swapsAxes ? (stored.height, stored.width) : (stored.width, stored.height)
    }
}
