import Foundation

extension Image {
    /// Reads a PNG or a JPEG; the content decides which, not the name.
    ///
    /// Grey, palettes, CMYK and 16-bit samples become 8-bit red, green and blue as they are stored (colour profiles are
    /// ignored, as vision tools do); what is transparent lies on white; EXIF's rotation is applied.
    ///
    /// - Throws: ``ImageError``.
    public init(contentsOf url: URL) throws(ImageError) {
        self = try ScaledImage(contentsOf: url, longerSide: .infinity).image
    }

    /// Decodes the content of a PNG or JPEG file.
    ///
    /// - Parameter path: What errors call it.
    /// - Throws: ``ImageError``.
    public init(data: Data, path: String = "picture") throws(ImageError) {
        self = try ScaledImage(data: data, longerSide: .infinity, path: path).image
    }
}
