import Foundation

/// An image file that has been read, but not decoded. Reading waits for the disk and decoding for the processor, so loops over many images
/// use different threads for them.
public struct ImageContent: Sendable {
    /// The file's name in errors.
    public let path: String
    let bytes: [UInt8]

    /// Reads a file.
    ///
    /// - Throws: ``ImageError`` for files that cannot contain an image.
    public init(contentsOf url: URL) throws(ImageError) {
        let file = try ImageFile(url)
        path = file.path
        bytes = try file.bytes()
    }
}

extension ScaledImage {
    /// Decodes a file that has been read, as coarsely as ``init(contentsOf:longerSide:)`` does.
    ///
    /// - Throws: ``ImageError``.
    public init(_ content: ImageContent, longerSide: Double) throws(ImageError) {
        try self.init(bytes: content.bytes, path: content.path, longerSide: longerSide)
    }
}

extension Image {
    /// Decodes a file that has been read.
    ///
    /// - Throws: ``ImageError``.
    public init(_ content: ImageContent) throws(ImageError) {
        self = try ScaledImage(content, longerSide: .infinity).image
    }
}

extension ImageHeader {
    /// Parses the header of a file that has been read.
    ///
    /// - Throws: ``ImageError``, also when the image claims too many pixels to be decoded.
    public init(_ content: ImageContent) throws(ImageError) {
        try self.init(ByteSource(content.bytes, path: content.path))
    }
}
