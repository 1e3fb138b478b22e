import Foundation

/// An sRGB colour.
public struct Color: Hashable, Sendable {
    /// Components in `0...1`.
    public var red, green, blue: Double

    /// Creates a colour from components in `0...1`.
    public init(red: Double, green: Double, blue: Double) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// Creates a colour from its hexadecimal notation: `0xff8000` is orange.
    init(hex: UInt32) {
        self.init(bytes: (UInt8(hex >> 16 & 255), UInt8(hex >> 8 & 255), UInt8(hex & 255)))
    }

    init(bytes: (r: UInt8, g: UInt8, b: UInt8)) {
        self.init(red: Double(bytes.r) / 255, green: Double(bytes.g) / 255, blue: Double(bytes.b) / 255)
    }

    static let white = Color(red: 1, green: 1, blue: 1)
    /// Nearly black, for text on a light background.
    static let ink = Color(hex: 0x1c2024)

    /// The components as bytes.
    package var bytes: (r: UInt8, g: UInt8, b: UInt8) {
        func byte(_ part: Double) -> UInt8 { UInt8((max(0, min(1, part)) * 255).rounded()) }
        return (byte(red), byte(green), byte(blue))
    }

    /// The relative luminance, in `0...1` (WCAG 2.1).
    var luminance: Double {
        let linear = [red, green, blue].map(Self.linear)
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    /// The contrast with another colour, from 1 (none) to 21 (WCAG 2.1); text needs 4.5.
    package func contrast(with other: Color) -> Double {
        let (one, two) = (luminance, other.luminance)
        return (max(one, two) + 0.05) / (min(one, two) + 0.05)
    }

    /// White or ink, whichever has more contrast with this colour.
    package var textColor: Color { contrast(with: .white) >= contrast(with: .ink) ? .white : .ink }

    /// This colour, darkened until it stands out as a line on white.
    package var onWhite: Color {
        var color = self
        while color.contrast(with: .white) < 3 {
            color = Color(red: color.red * 0.94, green: color.green * 0.94, blue: color.blue * 0.94)
        }
        return color
    }

    static func linear(_ part: Double) -> Double {
        part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
    }

    static func encoded(_ linear: Double) -> Double {
        linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055
    }
}
