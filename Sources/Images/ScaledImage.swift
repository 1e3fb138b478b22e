import Boxes
import Foundation

/// An image decoded only as finely as needed, while all coordinates remain those of the full image.
///
/// A JPEG is a grid of blocks of 8 x 8 pixels, stored as frequencies; without the higher ones a block decodes to 4 x 4, 2 x 2 or 1 x 1
/// pixels, in a fraction of the time and memory. Each of these is approximately the mean of the pixels that it replaces, so the image is
/// smoothed where plain sampling would skip pixels. Other formats are always decoded in full.
public struct ScaledImage: Sendable {
    /// The decoded pixels.
    public let image: Image
    /// The full image's width.
    public let width: Int
    /// The full image's height.
    public let height: Int
    /// The number of pixels of the full image, along each axis, per pixel of ``image``: 1, 2, 4 or 8.
    public let reduction: Int
    /// Maps the full image's pixels to those of ``image``.
    public let toDecoded: AffineMap<ImagePixels, DecodedPixels>
    /// A flaw of the file although all of its pixels were read; nil if there is none.
    public let remark: ImageWarning?

    /// Wraps an image in full.
    public init(_ image: Image) {
        self.init(
            image, width: image.width, height: image.height, reduction: 1,
            toDecoded: AffineMap(scaleX: 1, scaleY: 1), remark: nil)
    }

    /// Reads an image for views in which its longer side spans at most `longerSide` pixels: a JPEG is decoded as coarsely as possible while
    /// its longer side keeps that many.
    ///
    /// - Throws: ``ImageError``, as for reading it in full.
    public init(contentsOf url: URL, longerSide: Double) throws(ImageError) {
        try self.init(ImageContent(contentsOf: url), longerSide: longerSide)
    }

    /// Decodes the content of an image file in the same way.
    ///
    /// - Parameter path: The file's name in errors.
    /// - Throws: ``ImageError``.
    public init(data: Data, longerSide: Double, path: String = "image") throws(ImageError) {
        try self.init(bytes: [UInt8](data), path: path, longerSide: longerSide)
    }

    init(bytes: [UInt8], path: String, longerSide: Double) throws(ImageError) {
        let stored = try ImageFormat(bytes, path: path).entry.decode(bytes, path, longerSide)
        let (orientation, reduction) = (stored.orientation, stored.reduction)
        let (width, height) = (stored.width, stored.height)
        // Fractions are rounded up: the last column and row extend beyond the image's edge. After rotation they may be the first ones.
        let edges = orientation.upright(
            Box(
                xMin: 0, yMin: 0, xMax: Double(width) / Double(reduction), yMax: Double(height) / Double(reduction)),
            width: Double(stored.image.width), height: Double(stored.image.height))
        self.init(
            stored.image.turned(orientation), width: orientation.swapsAxes ? height : width,
            height: orientation.swapsAxes ? width : height, reduction: reduction,
            toDecoded: AffineMap(
                scaleX: 1 / Double(reduction), scaleY: 1 / Double(reduction), shiftX: edges.xMin, shiftY: edges.yMin),
            remark: stored.remark)
    }

    private init(
        _ image: Image, width: Int, height: Int, reduction: Int, toDecoded: AffineMap<ImagePixels, DecodedPixels>,
        remark: ImageWarning?
    ) {
        self.image = image
        self.width = width
        self.height = height
        self.reduction = reduction
        self.toDecoded = toDecoded
        self.remark = remark
    }
}
