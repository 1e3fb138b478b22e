import Foundation

/// Colours for numbers from 0 to 1.
public enum Colormap: String, CaseIterable, Sendable {
    /// Dark violet through green to yellow: perceptually uniform, and suitable for colour-blind readers (Smith and van der Walt, 2015).
    case viridis
    /// Black through red to a light yellow, by the same authors.
    case magma
    /// A rainbow without false edges (Mikhailov, 2019).
    case turbo
    /// The classic rainbow: dark blue, cyan, yellow, dark red.
    case jet
    /// Once around the hues: 0 and 1 are the same red.
    case hsv
    /// Black to white.
    case gray

    /// The colour of a number; numbers below 0 and NaN count as 0, numbers above 1 as 1.
    public func color(_ value: Double) -> (r: UInt8, g: UInt8, b: UInt8) {
        let x = value > 0 ? min(value, 1) : 0
        let color =
            switch self {
            case .viridis: Self.color(at: x, in: Self.viridisTable)
            case .magma: Self.color(at: x, in: Self.magmaTable)
            case .turbo: Self.color(at: x, in: Self.turboTable)
            case .jet:
                Color(
                    red: 1.5 - abs(4 * x - 3), green: 1.5 - abs(4 * x - 2), blue: 1.5 - abs(4 * x - 1))
            case .hsv:
                Color(
                    red: abs(6 * x - 3) - 1, green: 2 - abs(6 * x - 2), blue: 2 - abs(6 * x - 4))
            case .gray: Color(red: x, green: x, blue: x)
            }
        return color.bytes
    }

    /// Interpolates linearly between two colours of a table.
    private static func color(at x: Double, in table: [Color]) -> Color {
        let place = x * Double(table.count - 1)
        let low = min(Int(place), table.count - 2)
        let (from, to, share) = (table[low], table[low + 1], place - Double(low))
        return Color(
            red: from.red + share * (to.red - from.red), green: from.green + share * (to.green - from.green),
            blue: from.blue + share * (to.blue - from.blue))
    }

    // 33 entries of the published tables of 256: linear interpolation between them is off by at most 2 of 255, whereas the commonly used
    // polynomials are off by up to 32.
    private static let viridisTable: [Color] = [
        0x440154, 0x470d60, 0x48186a, 0x482374, 0x472d7b, 0x453681, 0x424086, 0x3f4989, 0x3b528b, 0x375a8d, 0x33638d,
        0x2f6a8e, 0x2c728e, 0x297a8e, 0x26818e, 0x23898e, 0x21908c, 0x1f988b, 0x1f9f88, 0x21a685, 0x28ae80, 0x31b57b,
        0x3ebc74, 0x4cc26c, 0x5dc963, 0x6ece58, 0x82d34c, 0x96d83f, 0xabdc32, 0xc0df24, 0xd5e21a, 0xeae51a, 0xfde725,
    ].map(Color.init(hex:))
    private static let magmaTable: [Color] = [
        0x000004, 0x030311, 0x0a0822, 0x130d33, 0x1d1146, 0x28115a, 0x36106a, 0x430f76, 0x50127c, 0x5d177f, 0x691c81,
        0x762181, 0x822681, 0x8f2a81, 0x9c2e7f, 0xa9327d, 0xb63779, 0xc33b75, 0xcf4170, 0xdb486a, 0xe65163, 0xee5c5e,
        0xf5695c, 0xf9785d, 0xfb8761, 0xfd9668, 0xfea571, 0xfeb47b, 0xfec387, 0xfed194, 0xfde0a2, 0xfceeb0, 0xfcfdbf,
    ].map(Color.init(hex:))
    private static let turboTable: [Color] = [
        0x30123b, 0x392a73, 0x4040a1, 0x4456c7, 0x466be3, 0x467ff6, 0x4293ff, 0x37a7fa, 0x29bbec, 0x1dcdd8, 0x18dcc3,
        0x1ee8b0, 0x31f299, 0x4cf97e, 0x6bfd64, 0x8aff4d, 0xa3fd3c, 0xb8f735, 0xcced34, 0xdee037, 0xedd03a, 0xf8c03a,
        0xfdae35, 0xfe982c, 0xfb8022, 0xf56817, 0xec520f, 0xe04009, 0xd23105, 0xc02302, 0xac1701, 0x950d01, 0x7a0403,
    ].map(Color.init(hex:))
}
