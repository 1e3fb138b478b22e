/// How much training images are varied; the defaults are CenterNet's for Pascal.
public struct AugmentationConfiguration: Hashable, Sendable {
    /// The side of the square that fills the input is `max(width, height)` times a factor drawn from
    /// `minimumScale`, `minimumScale + scaleStep`, … up to `maximumScale`. Below 1 magnifies.
    public var minimumScale = 0.6
    /// The largest factor.
    public var maximumScale = 1.3
    /// The distance between two factors; zero always takes the smallest.
    public var scaleStep = 0.1
    /// Whether the square's centre is drawn from the image; otherwise it is the image's own.
    public var movesCenter = true
    /// How far inside the image (image pixels) a drawn centre stays; halved while the image is too small for it.
    public var border = 128
    /// How often the view is mirrored.
    public var flipProbability = 0.5
    /// Brightness is multiplied by a factor from `1 - brightness ... 1 + brightness`.
    public var brightness = 0.4
    /// Likewise the distance from the mean grey.
    public var contrast = 0.4
    /// Likewise the distance from the pixel's own grey.
    public var saturation = 0.4
    /// The standard deviation of AlexNet's lighting noise along the principal components of ImageNet's colours.
    public var lighting = 0.1

    /// CenterNet's augmentation.
    public init() {}

    /// Nothing is varied: the whole image, as validation sees it.
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

    /// What is wrong with the values, as sentences; empty when nothing is.
    public var problems: [String] {
        var rules = RangeRules(section: "augmentation")
        rules.require("minimumScale", minimumScale, in: 0.01...100)
        rules.require("maximumScale", maximumScale, in: max(0.01, minimumScale)...100)
        rules.require("scaleStep", scaleStep, in: 0...100)
        if scaleStep > 0 && (maximumScale - minimumScale) / scaleStep > 10_000 {
            rules.add("augmentation.scaleStep is \(scaleStep): that makes more than 10000 scales")
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
