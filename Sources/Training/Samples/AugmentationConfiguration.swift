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

    /// CenterNet's augmentation.
    public init() {}

    /// No augmentation: the whole image, as in validation.
    public static let none: AugmentationConfiguration = {
        var configuration = AugmentationConfiguration()
        configuration.minimumScale = 1
        configuration.maximumScale = 1
        configuration.movesCenter = false
        configuration.flipProbability = 0
        configuration.brightness = 0
        configuration.contrast = 0
        configuration.saturation = 0
        configuration.lighting = 0
        return configuration
    }()

    /// The transforms of a training sample, in order.
    ///
    /// Each draws its random numbers even where it changes nothing, so that a change of one setting leaves the others' numbers alone.
    public var transforms: [any SampleTransform] {
        [
            RandomCrop(configuration: self), HorizontalFlip(probability: flipProbability),
            ColorJitter(configuration: self),
        ]
    }

    /// A named set of values.
    public enum Preset: String, CaseIterable, Sendable {
        /// CenterNet's for Pascal VOC.
        case published
        /// No augmentation.
        case none
        /// Other values.
        case custom
    }

    /// The preset that has these values; setting ``Preset/custom`` changes nothing.
    public var preset: Preset {
        get { self == AugmentationConfiguration() ? .published : self == .none ? .none : .custom }
        set {
            switch newValue {
            case .published: self = AugmentationConfiguration()
            case .none: self = .none
            case .custom: break
            }
        }
    }

    /// The scale factors that a view is drawn from.
    public var scales: [Double] {
        guard scaleStep > 0 else { return [minimumScale] }
        let steps = Int(((maximumScale - minimumScale) / scaleStep + 1e-6).rounded(.down))
        return (0...max(0, steps)).map { minimumScale + Double($0) * scaleStep }
    }
}
