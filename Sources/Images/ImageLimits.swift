/// The maximum number of pixels that are decoded: half a gigabyte as red, green and blue.
public let maximumPixelCount = 178_956_970

/// The maximum size of an image file in bytes: 1 GiB, more than an uncompressed image of the most pixels.
public let maximumFileSize = 1 << 30

/// The maximum width and height of a drawing in pixels, which is the limit of cairo: its coordinates have 16 bits.
public let maximumDrawingSide = 32_767

/// Checks an image's size before anything is allocated for it.
///
/// - Throws: ``ImageError/tooLarge(path:width:height:)``; ``ImageError/corrupt(path:reason:)`` when there are no pixels.
func requireDecodable(width: Int, height: Int, path: String) throws(ImageError) {
    guard width > 0, height > 0 else {
        throw .corrupt(path: path, reason: "it claims \(width) x \(height) pixels")
    }
    let (count, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, count <= maximumPixelCount else { throw .tooLarge(path: path, width: width, height: height) }
}
