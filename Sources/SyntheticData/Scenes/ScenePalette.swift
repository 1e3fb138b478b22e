import Tensors

/// The colours of an image: those of a photograph resemble each other.
struct ScenePalette: Sendable {
    private let hues: [Double]
    private let saturation: Double
    private let low, high: Double

    /// Creates a random palette.
    init(_ random: inout SeededGenerator) {
        let hue = random.uniform()
        // Mostly neighbours on the colour wheel, sometimes opposites.
        let spread = random.element(of: [0.04, 0.08, 0.15, 0.5])
        hues = [hue, hue + spread + 1, hue - spread + 1, random.uniform()]
        saturation = random.chance(0.1) ? 0 : random.uniform(0.1, 0.75)
        low = random.uniform(0, 0.35)
        high = random.uniform(0.55, 1)
    }

    /// Returns a colour of the palette.
    func tint(_ random: inout SeededGenerator) -> Tint {
        Tint(
            hue: random.element(of: hues) + random.uniform(0, 0.05), saturation: saturation * random.uniform(0.3, 1),
            value: random.uniform(low, high))
    }

    /// Returns a colour of any kind.
    static func anyTint(_ random: inout SeededGenerator) -> Tint {
        let saturation = random.uniform()
        return Tint(hue: random.uniform(), saturation: saturation * random.uniform(), value: random.uniform(0.08, 1))
    }
}

extension Tint {
    var brightness: Double { 0.3 * red + 0.59 * green + 0.11 * blue }

    /// Returns how different another colour looks; black and white are 1 apart.
    func difference(_ other: Tint) -> Double {
        let (r, g, b) = (red - other.red, green - other.green, blue - other.blue)
        return (0.3 * r * r + 0.59 * g * g + 0.11 * b * b).squareRoot()
    }

    /// Returns this light behind a coloured film.
    func filtered(by film: Tint, _ part: Double) -> Tint {
        Tint(
            red * (1 + part * (film.red - 1)), green * (1 + part * (film.green - 1)),
            blue * (1 + part * (film.blue - 1)))
    }

    /// Returns the sum with another light.
    func adding(_ other: Tint, _ part: Double) -> Tint {
        Tint(red + part * other.red, green + part * other.green, blue + part * other.blue)
    }

    /// Returns a colour with another saturation; 1 changes nothing.
    func saturated(_ factor: Double) -> Tint {
        let gray = brightness
        return Tint(gray + (red - gray) * factor, gray + (green - gray) * factor, blue * factor + gray * (1 - factor))
    }

    /// The same colour with components in `0...1`.
    var clamped: Tint { Tint(min(max(red, 0), 1), min(max(green, 0), 1), min(max(blue, 0), 1)) }
}
