import Boxes
import Images
import Tensors

/// What is done to an image before a network looks at it: where it lies in the input, and what becomes of its colours.
public struct ImagePreparation: Hashable, Sendable {
    /// How an image comes to lie in the input.
    public enum Fit: String, CaseIterable, Sendable {
        /// Whole and undistorted, in the middle (CenterNet, YOLO).
        case letterbox
        /// Whole and undistorted, at the top left (torchvision's detectors).
        case topLeft = "top-left"
        /// Its sides become the input's (SSD, CenterFace).
        case stretch
    }

    /// The order in which an input's channels hold colours.
    public enum ChannelOrder: String, CaseIterable, Sendable {
        /// Red, green, blue.
        case rgb
        /// Blue, green, red: OpenCV's.
        case bgr
    }

    /// What the input holds beside an image.
    public enum Border: Hashable, Sendable {
        /// Black, into which the image's edges fade (CenterNet, which warps images).
        case black
        /// A grey from 0 to 1 (YOLO).
        case grey(Float)
        /// The mean: zeros, once it is subtracted (torchvision's detectors).
        case mean
    }

    /// The input's rows and columns.
    public var extent: InputExtent
    /// Subtracted from each channel (red, green, blue; full brightness is 1).
    public var mean: [Float] = [0, 0, 0]
    /// By which each channel is then divided.
    public var standardDeviation: [Float] = [1, 1, 1]
    /// What the result is multiplied by: 255 for networks that take bytes.
    public var factor: Float = 1
    /// The order of the channels.
    public var channelOrder = ChannelOrder.rgb
    /// Where the image lies.
    public var fit = Fit.letterbox
    /// What is not covered by the image.
    public var border = Border.black

    /// A preparation; everything else as CenterNet does it.
    public init(extent: InputExtent, mean: [Float] = [0, 0, 0], standardDeviation: [Float] = [1, 1, 1]) {
        self.extent = extent
        self.mean = mean
        self.standardDeviation = standardDeviation
    }

    /// Where an image lies in an input of this extent.
    public func view(of image: ScaledImage, extent: InputExtent) -> AffineMap<ImagePixels, InputPixels> {
        view(of: (image.width, image.height), extent: extent)
    }

    /// Where an image with so many pixels lies in an input of this extent.
    func view(of size: (width: Int, height: Int), extent: InputExtent) -> AffineMap<ImagePixels, InputPixels> {
        let (width, height) = (Double(size.width), Double(size.height))
        let (columns, rows) = (Double(extent.columns), Double(extent.rows))
        switch fit {
        case .stretch: return AffineMap(scaleX: columns / width, scaleY: rows / height)
        case .topLeft:
            let scale = min(columns / width, rows / height)
            return AffineMap(scaleX: scale, scaleY: scale)
        case .letterbox:
            if extent.rows == extent.columns {
                return .wholeImage(width: size.width, height: size.height, inputSize: extent.rows)
            }
            let scale = min(columns / width, rows / height)
            return AffineMap(
                scaleX: scale, scaleY: scale, shiftX: (columns - scale * width) / 2, shiftY: (rows - scale * height) / 2
            )
        }
    }

    /// Normalized looks, `[batch, 3, row, column]`, drawn on all cores.
    public func batch(_ images: [ScaledImage], extent: InputExtent) -> Tensor {
        var batch = Tensor(uninitialized: [images.count, 3, extent.rows, extent.columns])
        batch.withMutableView { looks in
            Parallel.forEach(images.count) { index, _ in
                draw(images[index], extent: extent, into: looks.item(index))
            }
        }
        return batch
    }

    /// Draws a normalized look, `[3, row, column]`.
    private func draw(_ image: ScaledImage, extent: InputExtent, into look: TensorView) {
        let deviation = standardDeviation.map { $0 / factor }
        let colors = ColorTransform(mean: mean, deviation: deviation)
        let borders: [Float]? =
            switch border {
            case .black: nil
            case .grey(let grey): (0..<3).map { (grey - mean[$0]) / deviation[$0] }
            case .mean: [0, 0, 0]
            }
        let view = view(of: image, extent: extent)
        // CenterNet warps images; others resize them, and then add a border.
        image.draw(view, into: look, colors: colors, repeatsEdges: fit != .letterbox || borders != nil)
        if let borders { look.fillOutside(view(image.bounds), colors: borders) }
        if channelOrder == .bgr { look.exchangeItems(0, 2) }
    }

    /// Decodes an image as finely as a look whose longer side has so many pixels needs.
    func decode(_ content: ImageContent, longerSide: Int) throws(ImageError) -> ScaledImage {
        // Stretched, an image's shorter side may need all the input's longer one.
        guard fit == .stretch, let header = try? ImageHeader(content), header.width > 0, header.height > 0 else {
            return try ScaledImage(content, longerSide: Double(longerSide))
        }
        let ratio = Double(max(header.width, header.height)) / Double(min(header.width, header.height))
        return try ScaledImage(content, longerSide: Double(longerSide) * ratio)
    }
}
