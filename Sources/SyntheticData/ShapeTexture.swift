import Tensors

/// A colour with components in `0...1`, before rounding.
package struct Tint: Hashable, Sendable {
    package private(set) var red, green, blue: Double

    /// Creates a colour from hue, saturation and value, each in `0...1`.
    init(hue: Double, saturation: Double, value: Double) {
        func part(_ shift: Double) -> Double {
            let place = (hue * 6 + shift).truncatingRemainder(dividingBy: 6)
            return value * (1 - saturation * max(0, min(place, 4 - place, 1)))
        }
        (red, green, blue) = (part(5), part(3), part(1))
    }

    /// Creates a colour from its components.
    package init(_ red: Double, _ green: Double, _ blue: Double) {
        (self.red, self.green, self.blue) = (red, green, blue)
    }

    /// Returns a blend with another colour.
    func mixed(with other: Tint, _ part: Double) -> Tint {
        Tint(
            red + (other.red - red) * part, green + (other.green - green) * part, blue + (other.blue - blue) * part)
    }

    /// Returns a lighter or darker colour.
    func lit(_ factor: Double) -> Tint { Tint(red * factor, green * factor, blue * factor) }
}

/// Smooth noise: random values at whole coordinates, blended between them.
struct ValueNoise: Sendable {
    let seed: UInt64

    /// A value in `0...1`.
    func callAsFunction(_ x: Double, _ y: Double) -> Double {
        let (floorX, floorY) = (x.rounded(.down), y.rounded(.down))
        let (column, row) = (Int(floorX), Int(floorY))
        let (u, v) = (Self.ease(x - floorX), Self.ease(y - floorY))
        let top = corner(column, row) * (1 - u) + corner(column + 1, row) * u
        let bottom = corner(column, row + 1) * (1 - u) + corner(column + 1, row + 1) * u
        return top * (1 - v) + bottom * v
    }

    /// Returns noise of two octaves.
    func rough(_ x: Double, _ y: Double) -> Double { self(x, y) * 0.65 + self(2 * x + 17, 2 * y + 31) * 0.35 }

    private static func ease(_ t: Double) -> Double { t * t * (3 - 2 * t) }

    private func corner(_ column: Int, _ row: Int) -> Double {
        var z = seed ^ UInt64(bitPattern: Int64(column)) &* 0x9e37_79b9_7f4a_7c15
        z = (z ^ UInt64(bitPattern: Int64(row)) &* 0xc2b2_ae3d_27d4_eb4f) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 29)) &* 0x94d0_49bb_1331_11eb
        return Double((z ^ (z >> 32)) >> 11) * 0x1p-53
    }
}

/// A surface texture: two colours in a pattern.
struct ShapeTexture: Sendable {
    enum Pattern: Int, CaseIterable, Sendable { case mottled, stripes, checks, spots }

    var pattern: Pattern
    var base, accent: Tint
    /// Repetitions per unit of length.
    var frequency: Double
    var noise: ValueNoise

    /// The colour at a point of the surface.
    func color(_ x: Double, _ y: Double) -> Tint {
        let (u, v) = (x * frequency, y * frequency)
        let part: Double =
            switch pattern {
            case .mottled: noise.rough(u, v)
            case .stripes: Self.edge(Self.wave(u + 0.3 * noise(u, v)))
            case .checks: Self.edge(Self.wave(u)) == Self.edge(Self.wave(v)) ? 1 : 0
            case .spots: Self.spot(u, v)
            }
        return base.mixed(with: accent, part).lit(0.92 + 0.16 * noise.rough(3 * x + 7, 3 * y + 5))
    }

    /// Returns a triangle wave between 0 and 1, with a period of one unit.
    private static func wave(_ t: Double) -> Double {
        let place = t - t.rounded(.down)
        return place < 0.5 ? 2 * place : 2 - 2 * place
    }

    private static func edge(_ t: Double) -> Double { t < 0.5 ? 0 : 1 }

    private static func spot(_ u: Double, _ v: Double) -> Double {
        let (x, y) = (u - u.rounded(.down) - 0.5, v - v.rounded(.down) - 0.5)
        return x * x + y * y < 0.09 ? 1 : 0
    }
}
