import Boxes
import Images
import Tensors

/// How an image is prepared for a network: its position in the input, and the normalization of its colours.
public struct ImagePreparation: Hashable, Sendable {
    /// How an image is fitted into the input.
    public enum Fit: String, CaseIterable, Sendable {
        /// Whole and undistorted, centred (CenterNet, YOLO).
        case letterbox
        /// Whole and undistorted, at the top left (torchvision's detectors).
        case topLeft = "top-left"
        /// Stretched to the input's size (SSD, CenterFace).
        case stretch
    }

    /// The order of the input's colour channels.
    public enum ChannelOrder: String, CaseIterable, Sendable {
        /// Red, green, blue.
        case rgb
        /// Blue, green, red, as in OpenCV.
        case bgr
    }

    /// How the input is filled outside the image.
    public enum Border: Hashable, Sendable {
        /// Black, with the image's edges blended into it (CenterNet, which warps images).
        case black
        /// Grey, from 0 to 1 (YOLO).
        case grey(Float)
        /// The mean colour, which becomes zero after normalization (torchvision's detectors).
        case mean
    }

    /// The input's height and width.
    public var extent: InputExtent
    /// The mean that is subtracted from each channel (red, green, blue; full brightness is 1).
    public var mean: [Float] = [0, 0, 0]
    /// The standard deviation that each channel is then divided by.
    public var standardDeviation: [Float] = [1, 1, 1]
    /// The factor that the result is multiplied by: 255 for networks that expect values from 0 to 255.
    public var factor: Float = 1
    /// The order of the channels.
    public var channelOrder = ChannelOrder.rgb
    /// How the image is fitted into the input.
    public var fit = Fit.letterbox
    /// How the input is filled outside the image.
    public var border = Border.black

    /// Creates a preparation with CenterNet's other settings.
    public init(extent: InputExtent, mean: [Float] = [0, 0, 0], standardDeviation: [Float] = [1, 1, 1]) {
        self.extent = extent
        self.mean = mean
        self.standardDeviation = standardDeviation
    }

    /// Returns the map from an image's pixels to an input of this size.
    public func view(of image: ScaledImage, extent: InputExtent) -> AffineMap<ImagePixels, InputPixels> {
        view(of: (image.width, image.height), extent: extent)
    }

    /// Returns the map from the pixels of an image of this size to an input of size `extent`.
    func view(of size: (width: Int, height: Int), extent: InputExtent) -> AffineMap<ImagePixels, InputPixels> {
        let (width, height) = (Double(size.width), Double(size.height))
        let (columns, rows) = (Double(extent.columns), Double(extent.rows))
        switch fit {
        case .stretch: return AffineMap(scaleX: columns / width, scaleY: rows / height)
        case .topLeft:
            let scale = min(columns / width, rows / height)
            return AffineMap(scaleX: scale, scaleY: scale)
        case .letterbox:
            return .wholeImage(width: size.width, height: size.height, inputSize: extent)
        }
    }

    /// Returns the images as normalized inputs, `[batch, 3, row, column]`, drawn on all cores.
    public func batch(_ images: [ScaledImage], extent: InputExtent) -> Tensor {
        var batch = Tensor(uninitialized: [images.count, 3, extent.rows, extent.columns])
        batch.withMutableView { looks in
            Parallel.forEach(images.count) { index, _ in
                draw(images[index], view(of: images[index], extent: extent), into: looks.item(index))
            }
        }
        return batch
    }

    /// Returns an image as a normalized input, `[1, 3, row, column]`.
    func input(_ image: ScaledImage, _ look: InputLook) -> Tensor {
        var input = Tensor(uninitialized: look.extent.shape(batch: 1))
        input.withMutableView { draw(image, look.view, into: $0.item(0)) }
        return input
    }

    /// Draws an image as a normalized input, `[3, row, column]`.
    private func draw(
        _ image: ScaledImage, _ view: AffineMap<ImagePixels, InputPixels>, into look: TensorView
    ) {
        let deviation = standardDeviation.map { $0 / factor }
        let colors = ColorTransform(mean: mean, deviation: deviation)
        let borders: [Float]? =
            switch border {
            case .black: nil
            case .grey(let grey): (0..<3).map { (grey - mean[$0]) / deviation[$0] }
            case .mean: [0, 0, 0]
            }
        // CenterNet warps images; others resize them, and then add a border.
        image.draw(view, into: look, colors: colors, repeatsEdges: fit != .letterbox || borders != nil)
        if let borders { look.fillOutside(view(image.bounds), colors: borders) }
        if channelOrder == .bgr { look.exchangeItems(0, 2) }
    }

    /// Decodes an image at the resolution that an input whose longer side is `longerSide` requires.
    func decode(_ content: ImageContent, longerSide: Int) throws(ImageError) -> ScaledImage {
        // When an image is stretched, its shorter side may fill the input's longer one.
        guard fit == .stretch, let header = try? ImageHeader(content), header.width > 0, header.height > 0 else {
            return try ScaledImage(content, longerSide: Double(longerSide))
        }
        let ratio = Double(max(header.width, header.height)) / Double(min(header.width, header.height))
        return try ScaledImage(content, longerSide: Double(longerSide) * ratio)
    }
}
