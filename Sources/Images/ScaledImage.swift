import Boxes
import Foundation

/// An image that was decoded as finely as it will be looked at, while every coordinate stays one of the full image.
///
/// A JPEG is a grid of blocks of 8 x 8 pixels, kept as frequencies; without the upper ones a block decodes to 4 x 4, 2 x 2 or
/// 1 x 1 pixels, in a fraction of the time and memory. Each of these is the mean of the pixels that it stands for, or nearly: so
/// the image is smoothed where plain sampling would skip pixels. Other formats are always decoded in full.
public struct ScaledImage: Sendable {
    /// The pixels as they were decoded.
    public let image: Image
    /// The full image's number of columns.
    public let width: Int
    /// The full image's number of rows.
    public let height: Int
    /// How many pixels of the full image, along each axis, one of ``image`` stands for: 1, 2, 4 or 8.
    public let reduction: Int
    /// Where the full image's pixels are in ``image``.
    public let toDecoded: AffineMap<ImagePixels, DecodedPixels>
    /// What is odd about the file although all of its pixels were read; nil when nothing is.
    public let remark: ImageRemark?

    /// An image in full.
    public init(_ image: Image) {
        self.init(
            image, width: image.width, height: image.height, reduction: 1,
            toDecoded: AffineMap(scaleX: 1, scaleY: 1), remark: nil)
    }

    /// Reads an image for views in which its longer side spans at most `longerSide` pixels: a JPEG is decoded as coarsely
    /// as it can be while its longer side keeps so many.
    ///
    /// - Throws: ``ImageError``, as reading it in full does.
    public init(contentsOf url: URL, longerSide: Double) throws(ImageError) {
        try self.init(ImageContent(contentsOf: url), longerSide: longerSide)
    }

    /// Decodes the content of an image's file, likewise.
    ///
    /// - Parameter path: What errors call it.
    /// - Throws: ``ImageError``.
    public init(data: Data, longerSide: Double, path: String = "image") throws(ImageError) {
        try self.init(bytes: [UInt8](data), path: path, longerSide: longerSide)
    }

    init(bytes: [UInt8], path: String, longerSide: Double) throws(ImageError) {
        let stored = try ImageFormat(bytes, path: path).entry.decode(bytes, path, longerSide)
        let (orientation, reduction) = (stored.orientation, stored.reduction)
        let (width, height) = (stored.width, stored.height)
        // What does not divide is rounded up: the last column and row reach over the image's edge. Once the image is turned
        // they may be the first ones.
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
        remark: ImageRemark?
    ) {
        self.image = image
        self.width = width
        self.height = height
        self.reduction = reduction
        self.toDecoded = toDecoded
        self.remark = remark
    }
}
