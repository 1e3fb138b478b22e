import Boxes
import Images
import Tensors

/// CenterNet's augmentation of training images: one view and one colour change per sample. Each sample has its own random generator, so
/// that it is the same whichever thread makes it.
///
/// Random numbers are drawn in a fixed order.
public struct Augmentation: Sendable {
    /// The ranges that views and colours are drawn from.
    public let configuration: AugmentationConfiguration

    /// Creates an augmentation; ``AugmentationConfiguration/none`` gives the view that validation uses.
    public init(_ configuration: AugmentationConfiguration) { self.configuration = configuration }

    /// Draws the square of the image (`width` x `height` image pixels) that fills the input.
    public func view(
        width: Int, height: Int, inputSize: Int, random: inout SeededGenerator
    ) -> AffineMap<ImagePixels, InputPixels> {
        let scales = configuration.scales
        let scale = scales[random.integer(in: 0...(scales.count - 1))]
        var center = (x: Double(width) / 2, y: Double(height) / 2)
        if configuration.movesCenter {
            center.x = coordinate(inside: width, &random)
            center.y = coordinate(inside: height, &random)
        }
        let flipped = random.chance(configuration.flipProbability)
        return .square(
            centerX: center.x, centerY: center.y, side: Double(max(width, height)) * scale, inputSize: inputSize,
            flipped: flipped)
    }

    /// Draws a coordinate at least `border` inside `0...extent`; the border is halved until that is possible.
    private func coordinate(inside extent: Int, _ random: inout SeededGenerator) -> Double {
        var border = configuration.border
        while extent - border <= border && border > 0 { border /= 2 }
        return random.uniform(Double(border), Double(extent - border))
    }

    /// Draws a colour change for an image with this mean grey value.
    func colors(meanGray: Float, random: inout SeededGenerator) -> ColorTransform {
        enum Link: CaseIterable { case brightness, contrast, saturation }
        var transform = ColorTransform()
        for link in Link.allCases.shuffled(using: &random) {
            switch link {
            case .brightness: transform.brightness(factor(configuration.brightness, &random))
            case .contrast: transform.contrast(factor(configuration.contrast, &random), meanGray: meanGray)
            case .saturation: transform.saturation(factor(configuration.saturation, &random))
            }
        }
        var color = SIMD3<Float>()
        for component in Self.colorComponents {
            color += component * Float(random.normal() * configuration.lighting)
        }
        transform.add(color)
        return transform
    }

    private func factor(_ spread: Double, _ random: inout SeededGenerator) -> Float {
        Float(random.uniform(1 - spread, 1 + spread))
    }

    /// The principal components of ImageNet's RGB colours in `0...1`, each times its eigenvalue (Krizhevsky et al., "ImageNet
    /// Classification with Deep Convolutional Neural Networks"; values from CenterNet's code).
    private static let colorComponents: [SIMD3<Float>] = [
        0.2141788 * SIMD3(-0.560_892_97, -0.583_274_7, -0.587_528_47),
        0.01817699 * SIMD3(0.718_326_71, 0.009_945_35, -0.695_634_84),
        0.00341571 * SIMD3(0.411_589_38, -0.812_214_08, 0.413_403_52),
    ]
}
