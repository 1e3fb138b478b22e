import Foundation

extension Image {
    /// Reads an image of any format of ``ImageFormat``; the content decides which, not the name.
    ///
    /// Grey, palettes, CMYK and 16-bit samples become 8-bit red, green and blue as they are stored (colour profiles are
    /// ignored, as vision tools do); what is transparent lies on white; EXIF's and TIFF's rotation is applied. Of moving images
    /// the first frame is read, of files of many pages the first.
    ///
    /// - Throws: ``ImageError``.
    public init(contentsOf url: URL) throws(ImageError) {
        self = try ScaledImage(contentsOf: url, longerSide: .infinity).image
    }

    /// Decodes the content of an image's file.
    ///
    /// - Parameter path: What errors call it.
    /// - Throws: ``ImageError``.
    public init(data: Data, path: String = "image") throws(ImageError) {
        self = try ScaledImage(data: data, longerSide: .infinity, path: path).image
    }

    /// Reads an image, and what is odd about its file although it was read in full.
    ///
    /// - Throws: ``ImageError``.
    public static func decode(contentsOf url: URL) throws(ImageError) -> (image: Image, remark: ImageRemark?) {
        let scaled = try ScaledImage(contentsOf: url, longerSide: .infinity)
        return (scaled.image, scaled.remark)
    }

    /// An image from red, green, blue and opacity of each pixel, laid on white as screens do: in the numbers as stored.
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
