/// Random changes to training images; the defaults are CenterNet's for Pascal VOC.
public struct AugmentationConfiguration: Hashable, Sendable {
    /// The smallest scale factor. The network input shows a square whose side is `max(width, height)` times a factor drawn from
    /// `minimumScale`, `minimumScale + scaleStep`, … up to `maximumScale`. Factors below 1 magnify the image.
    public var minimumScale = 0.6
    /// The largest scale factor.
    public var maximumScale = 1.3
    /// The step between scale factors; with zero, `minimumScale` is always used.
    public var scaleStep = 0.1
    /// Whether the square's centre is drawn at random; otherwise it is the image's centre.
    public var movesCenter = true
    /// The distance, in image pixels, that a random centre keeps from the image's edges; halved until it fits in a small image.
    public var border = 128
    /// The probability of a horizontal flip.
    public var flipProbability = 0.5
    /// The range of brightness: colours are multiplied by a factor from `1 - brightness ... 1 + brightness`.
    public var brightness = 0.4
    /// The range of contrast: the difference from the image's mean grey is multiplied by a factor from `1 - contrast ... 1 + contrast`.
    public var contrast = 0.4
    /// The range of saturation: the difference from the pixel's own grey is multiplied by a factor from `1 - saturation ... 1 +
    /// saturation`.
    public var saturation = 0.4
    /// The standard deviation of AlexNet's lighting noise along the principal components of ImageNet's colours.
    public var lighting = 0.1

    /// The probability of a vertical flip.
    public var verticalFlipProbability = 0.0
    /// Whether images are turned by a random multiple of 90 degrees.
    public var quarterTurns = false
    /// The largest angle, in degrees, by which images are turned in either direction.
    public var rotation = 0.0
    /// The largest angle, in degrees, by which the hue is turned in either direction.
    public var hue = 0.0
    /// The largest standard deviation, in input pixels, of the Gaussian that blurs half of the images.
    public var blur = 0.0
    /// The largest standard deviation of the noise in half of the images, where white is 1.
    public var noise = 0.0
    /// The lowest quality, 1 to 100, with which half of the images are compressed as JPEG; 100 compresses none.
    public var jpegQuality = 100
    /// The largest side, as a part of the input's, of the rectangle that covers a part of half of the images.
    public var cutout = 0.0
    /// The probability that an input shows four images.
    public var mosaic = 0.0
    /// The most objects of other images that are pasted into an image.
    public var copyPaste = 0
    /// The share of the epochs, at the end, without mosaics and pasted objects.
    public var closingShare = 0.15

    /// CenterNet's augmentation.
    public init() {}

    /// No augmentation: the whole image, as in validation.
    public static let none: AugmentationConfiguration = {
        var configuration = AugmentationConfiguration()
        (configuration.minimumScale, configuration.maximumScale, configuration.movesCenter) = (1, 1, false)
        configuration.flipProbability = 0
        (configuration.brightness, configuration.contrast, configuration.saturation) = (0, 0, 0)
        configuration.lighting = 0
        return configuration
    }()

    /// More variety than CenterNet's, for a few hundred images.
    public static let smallData: AugmentationConfiguration = {
        var configuration = AugmentationConfiguration()
        (configuration.rotation, configuration.hue) = (10, 10)
        (configuration.mosaic, configuration.cutout) = (0.3, 0.2)
        return configuration
    }()

    /// For images without an upright, seen from above.
    public static let aerial: AugmentationConfiguration = {
        var configuration = AugmentationConfiguration()
        (configuration.verticalFlipProbability, configuration.quarterTurns) = (0.5, true)
        (configuration.mosaic, configuration.copyPaste) = (0.3, 3)
        return configuration
    }()

    /// The transforms of a training sample, in order.
    ///
    /// CenterNet's draw their random numbers even where they change nothing, so that a change of one setting leaves the others' numbers
    /// alone; the others are left out unless they are asked for.
    public var transforms: [any SampleTransform] {
        var placing: [any SampleTransform] = [
            RandomCrop(configuration: self), HorizontalFlip(probability: flipProbability),
        ]
        if verticalFlipProbability > 0 { placing.append(VerticalFlip(probability: verticalFlipProbability)) }
        if quarterTurns { placing.append(QuarterTurns()) }
        if rotation > 0 { placing.append(Rotation(degrees: rotation)) }
        if mosaic > 0 { placing.append(Mosaic(probability: mosaic, others: placing)) }
        if copyPaste > 0 { placing.append(CopyPaste(maximumCount: copyPaste, scales: scales)) }
        var retouching: [any SampleTransform] = []
        if hue > 0 { retouching.append(HueShift(degrees: hue)) }
        if blur > 0 { retouching.append(GaussianBlur(maximumSigma: blur)) }
        if noise > 0 { retouching.append(PixelNoise(maximumDeviation: noise)) }
        if jpegQuality < 100 { retouching.append(JPEGArtifacts(minimumQuality: jpegQuality)) }
        if cutout > 0 { retouching.append(Cutout(maximumSide: cutout)) }
        return placing + retouching + [ColorJitter(configuration: self)]
    }

    /// A named set of values.
    public enum Preset: String, CaseIterable, Sendable {
        /// CenterNet's for Pascal VOC.
        case published
        /// More variety, for a few hundred images.
        case smallData = "small-data"
        /// For images without an upright.
        case aerial
        /// No augmentation.
        case none
        /// Other values.
        case custom

        /// The values; nil for others.
        var configuration: AugmentationConfiguration? {
            switch self {
            case .published: AugmentationConfiguration()
            case .smallData: .smallData
            case .aerial: .aerial
            case .none: AugmentationConfiguration.none
            case .custom: nil
            }
        }
    }

    /// The preset that has these values; setting ``Preset/custom`` changes nothing.
    public var preset: Preset {
        get { Preset.allCases.first { $0.configuration == self } ?? .custom }
        set { self = newValue.configuration ?? self }
    }

    /// The scale factors that a view is drawn from.
    public var scales: [Double] {
        guard scaleStep > 0 else { return [minimumScale] }
        let steps = Int(((maximumScale - minimumScale) / scaleStep + 1e-6).rounded(.down))
        return (0...max(0, steps)).map { minimumScale + Double($0) * scaleStep }
    }
}
