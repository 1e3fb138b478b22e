import Foundation

extension Image {
    /// Reads a PNG or a JPEG; the content decides which, not the name.
    ///
    /// Grey, palettes, CMYK and 16-bit samples become 8-bit red, green and blue as they are stored (colour profiles are
    /// ignored, as vision tools do); what is transparent lies on white; EXIF's rotation is applied.
    ///
    /// - Throws: ``ImageError``.
    public init(contentsOf url: URL) throws(ImageError) {
        let file = try ImageFile(url)
        try self.init(bytes: file.bytes(), path: file.path)
    }

    /// Decodes the content of a PNG or JPEG file.
    ///
    /// - Parameter path: What errors call it.
    /// - Throws: ``ImageError``.
    public init(data: Data, path: String = "picture") throws(ImageError) {
        try self.init(bytes: [UInt8](data), path: path)
    }

    private init(bytes: [UInt8], path: String) throws(ImageError) {
        switch try ImageFormat(bytes, path: path) {
        case .png: self = try PNGReader(PNGFile(bytes, path: path)).image()
        case .jpeg:
            let decoder = try JPEGDecoder(bytes, path: path)
            self = try decoder.image().turned(decoder.orientation)
        }
    }
}
