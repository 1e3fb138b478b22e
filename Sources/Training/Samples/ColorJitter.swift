import Images
import Tensors

/// CenterNet's change of colours: brightness, contrast and saturation in random order, then AlexNet's lighting noise.
struct ColorJitter: SampleTransform {
    let configuration: AugmentationConfiguration

    func recolor(_ colors: inout ColorTransform, meanGray: Float, random: inout SeededGenerator) {
        enum Link: CaseIterable { case brightness, contrast, saturation }
        for link in Link.allCases.shuffled(using: &random) {
            switch link {
            case .brightness: colors.brightness(factor(configuration.brightness, &random))
            case .contrast: colors.contrast(factor(configuration.contrast, &random), meanGray: meanGray)
            case .saturation: colors.saturation(factor(configuration.saturation, &random))
            }
        }
        var color = SIMD3<Float>()
        for component in Self.colorComponents {
            color += component * Float(random.normal() * configuration.lighting)
        }
        colors.add(color)
    }

    private func factor(_ spread: Double, _ random: inout SeededGenerator) -> Float {
        Float(random.uniform(1 - spread, 1 + spread))
    }

    /// The principal components of ImageNet's RGB colours in `0...1`, each times its eigenvalue (Krizhevsky et al.,
    /// "ImageNet Classification with Deep Convolutional Neural Networks"; CenterNet's figures).
    private static let colorComponents: [SIMD3<Float>] = [
        0.2141788 * SIMD3(-0.560_892_97, -0.583_274_7, -0.587_528_47),
        0.01817699 * SIMD3(0.718_326_71, 0.009_945_35, -0.695_634_84),
        0.00341571 * SIMD3(0.411_589_38, -0.812_214_08, 0.413_403_52),
    ]
}
