import Images
import Visualization

extension Color {
    static let red = Color(red: 1, green: 0, blue: 0)
    /// Dark enough that text on it is white.
    static let blue = Color(red: 0, green: 0, blue: 1)
    static let black = Color(red: 0, green: 0, blue: 0)
    static let white = Color(red: 1, green: 1, blue: 1)
}

extension Image {
    /// An image of one grey, on which everything drawn is visible.
    static func gray(_ width: Int, _ height: Int) -> Image {
        Image(width: width, height: height, fill: (128, 128, 128))
    }

    /// The positions of all pixels that satisfy a condition.
    func places(where isMeant: ((r: UInt8, g: UInt8, b: UInt8)) -> Bool) -> [(x: Int, y: Int)] {
        (0..<width * height).map { ($0 % width, $0 / width) }.filter { isMeant(self[$0.0, $0.1]) }
    }

    /// The positions of all pixels of this colour, up to cairo's rounding.
    func places(of color: Color) -> [(x: Int, y: Int)] {
        let wanted = color.bytes
        return places {
            max(abs(Int($0.r) - Int(wanted.r)), abs(Int($0.g) - Int(wanted.g)), abs(Int($0.b) - Int(wanted.b))) <= 1
        }
    }

    /// The upper left part.
    func cropped(_ width: Int, _ height: Int) -> Image {
        let rows = (0..<height).flatMap { pixels[3 * $0 * self.width..<3 * ($0 * self.width + width)] }
        return Image(width: width, height: height, pixels: rows)
    }
}
