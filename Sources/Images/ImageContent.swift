import Foundation

/// An image's file as it lies on the disk: read, and not yet decoded. Reading waits for the disk and decoding for the processor, so
/// who goes over many images lets different threads do them.
public struct ImageContent: Sendable {
    /// What errors call the file.
    public let path: String
    let bytes: [UInt8]

    /// Reads a file.
    ///
    /// - Throws: ``ImageError`` for what is no file that an image can be in.
    public init(contentsOf url: URL) throws(ImageError) {
        let file = try ImageFile(url)
        path = file.path
        bytes = try file.bytes()
    }
}

extension ScaledImage {
    /// Decodes a file that was read, as coarsely as ``init(contentsOf:longerSide:)`` does.
    ///
    /// - Throws: ``ImageError``.
    public init(_ content: ImageContent, longerSide: Double) throws(ImageError) {
        try self.init(bytes: content.bytes, path: content.path, longerSide: longerSide)
    }
}

extension Image {
    /// Decodes a file that was read.
    ///
    /// - Throws: ``ImageError``.
    public init(_ content: ImageContent) throws(ImageError) {
        self = try ScaledImage(content, longerSide: .infinity).image
    }
}

extension ImageHeader {
    /// Reads the header of a file that was read.
    ///
    /// - Throws: ``ImageError``, too when the image claims too many pixels to be decoded.
    public init(_ content: ImageContent) throws(ImageError) {
        try self.init(ByteSource(content.bytes, path: content.path))
    }
}
