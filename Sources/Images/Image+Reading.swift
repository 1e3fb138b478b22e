import Foundation

extension Image {
    /// Reads an image of any ``ImageFormat``; the content decides which, not the name.
    ///
    /// Grey, palettes, CMYK and 16-bit samples become 8-bit red, green and blue as they are stored (colour profiles are ignored, as in
    /// vision tools); transparent pixels are blended with white; the rotation of EXIF and TIFF is applied. Of animated images the first
    /// frame is read, of multi-page files the first page.
    ///
    /// - Throws: ``ImageError``.
    public init(contentsOf url: URL) throws(ImageError) {
        self = try ScaledImage(contentsOf: url, longerSide: .infinity).image
    }

    /// Decodes the content of an image file.
    ///
    /// - Parameter path: The file's name in errors.
    /// - Throws: ``ImageError``.
    public init(data: Data, path: String = "image") throws(ImageError) {
        self = try ScaledImage(data: data, longerSide: .infinity, path: path).image
    }

    /// Reads an image, and returns a remark if its file has a flaw although all pixels were read.
    ///
    /// - Throws: ``ImageError``.
    public static func decode(contentsOf url: URL) throws(ImageError) -> (image: Image, remark: ImageWarning?) {
        let scaled = try ScaledImage(contentsOf: url, longerSide: .infinity)
        return (scaled.image, scaled.remark)
    }

    /// Creates an image from red, green, blue and opacity of each pixel, blended with white as screens do: on the values as stored.
    init(width: Int, height: Int, rgba: [UInt8]) {
        let pixels = [UInt8](unsafeUninitializedCapacity: 3 * width * height) { target, count in
            count = 3 * width * height
            rgba.withUnsafeBufferPointer { source in
                var (from, to) = (0, 0)
                while to < count {
                    let opacity = UInt32(source[from + 3])
                    for channel in 0..<3 {
                        let sum = UInt32(source[from + channel]) * opacity + 255 * (255 - opacity)
                        target[to + channel] = UInt8((sum + 127) / 255)
                    }
                    from += 4
                    to += 3
                }
            }
        }
        self.init(width: width, height: height, pixels: pixels)
    }
}
