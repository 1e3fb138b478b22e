import Images
import Tensors

/// What a camera makes of a painted scene: uneven light, blur, contrast, colour cast and noise.
struct SceneCamera: Sendable {
    private let slope: Point
    private let vignette: Double
    private let blur: Int
    private let slightBlur: Double
    private let exposure, curve, saturation: Double
    private let cast: Tint
    private let noise, grayNoise: Double
    private let seed: UInt64

    /// Creates a random camera.
    init(_ random: inout SeededGenerator) {
        slope = random.direction() * (random.chance(0.5) ? random.uniform(0, 0.5) : 0)
        vignette = random.chance(0.3) ? random.uniform(0, 0.5) : 0
        blur = random.chance(0.08) ? 1 : 0
        slightBlur = max(0, random.uniform(-0.3, 0.6))
        exposure = random.chance(0.2) ? random.uniform(0.6, 1.35) : random.uniform(0.85, 1.15)
        curve = random.uniform(-0.4, 0.4)
        saturation = random.chance(0.08) ? 0 : random.uniform(0.7, 1.2)
        let warmth = random.bell() * 0.15
        cast = Tint(1 + warmth, 1 + 0.07 * random.bell(), 1 - warmth)
        let strength = random.chance(0.3) ? 0 : random.logUniform(0.004, 0.06)
        (noise, grayNoise) = (strength * random.uniform(0.2, 1), strength)
        seed = random.next()
    }

    /// Returns the image of a scene.
    func image(_ scene: PaintedScene) -> Image {
        var scene = scene
        if blur > 0 { scene.pixels = SceneBlur.box(scene.pixels, size: scene.size, radius: blur) }
        if slightBlur > 0.1 { scene.pixels = SceneBlur.slight(scene.pixels, size: scene.size, part: slightBlur) }
        var random = SeededGenerator(seed)
        let unit = 1 / Double(scene.size)
        for y in 0..<scene.size {
            for x in 0..<scene.size {
                let point = Point(Double(x), Double(y)) * unit - 0.5
                let light = exposure * (1 + point.dot(slope)) * (1 - vignette * point.squaredLength * 2)
                var tint = scene.pixels[y * scene.size + x].filtered(by: cast, 1).lit(max(0, light))
                if saturation != 1 { tint = tint.saturated(saturation) }
                let bits = random.next()
                func bell(_ shift: UInt64) -> Double {
                    // The sum of two numbers of 8 bits, from -1 to 1.
                    Double((bits >> shift & 0xff) + (bits >> (shift + 8) & 0xff)) / 255 - 1
                }
                let gray = bell(0) * grayNoise * 2
                scene.pixels[y * scene.size + x] = Tint(
                    curved(tint.red) + gray + bell(16) * noise, curved(tint.green) + gray + bell(32) * noise,
                    curved(tint.blue) + gray + bell(48) * noise)
            }
        }
        return scene.image { _, _ in 1 }
    }

    /// Returns a value on the curve of contrast, which keeps black and white.
    private func curved(_ value: Double) -> Double {
        let x = min(max(value, 0), 1)
        return curve > 0 ? x + curve * (x * x * (3 - 2 * x) - x) : x - curve * (x.squareRoot() - x)
    }
}
