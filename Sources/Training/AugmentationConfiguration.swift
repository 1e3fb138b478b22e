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

    /// The scale factors that a view is drawn from.
    public var scales: [Double] {
        guard scaleStep > 0 else { return [minimumScale] }
        let steps = Int(((maximumScale - minimumScale) / scaleStep + 1e-6).rounded(.down))
        return (0...max(0, steps)).map { minimumScale + Double($0) * scaleStep }
    }

    /// A sentence for each value that is out of range; empty when all are valid.
    public var problems: [String] {
        var rules = RangeRules(section: "augmentation")
        rules.require("minimumScale", minimumScale, in: 0.01...100)
        rules.require("maximumScale", maximumScale, in: max(0.01, minimumScale)...100)
        rules.require("scaleStep", scaleStep, in: 0...100)
        if scaleStep > 0 && (maximumScale - minimumScale) / scaleStep > 10_000 {
            rules.add("augmentation.scaleStep is \(scaleStep), which gives more than 10000 scales")
        }
        rules.require("border", Double(border), in: 0...1e6)
        rules.require("flipProbability", flipProbability, in: 0...1)
        rules.require("brightness", brightness, in: 0...1)
        rules.require("contrast", contrast, in: 0...1)
        rules.require("saturation", saturation, in: 0...1)
        rules.require("lighting", lighting, in: 0...10)
        return rules.problems
    }
}
