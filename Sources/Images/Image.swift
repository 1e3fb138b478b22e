/// An image of 8-bit red, green and blue, top row first.
public struct Image: Hashable, Sendable {
    /// The number of columns, at least 1.
    public let width: Int
    /// The number of rows, at least 1.
    public let height: Int
    /// Red, green and blue of each pixel, row by row: `3 * width * height` values.
    public private(set) var pixels: [UInt8]

    /// Creates an image from its pixels: red, green, blue, row by row.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(
            width > 0 && height > 0 && pixels.count == 3 * width * height,
            "\(pixels.count) bytes do not fill \(width) x \(height) pixels of 3 bytes")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// Creates an image of one colour.
    public init(width: Int, height: Int, fill color: (r: UInt8, g: UInt8, b: UInt8)) {
        precondition(width > 0 && height > 0, "an image cannot have \(width) x \(height) pixels")
        let pixels = [UInt8](unsafeUninitializedCapacity: 3 * width * height) { buffer, count in
            count = 3 * width * height
            for start in stride(from: 0, to: count, by: 3) {
                buffer[start] = color.r
                buffer[start + 1] = color.g
                buffer[start + 2] = color.b
            }
        }
        self.init(width: width, height: height, pixels: pixels)
    }

    /// The pixel in column `x` and row `y`, both from 0.
    public subscript(x: Int, y: Int) -> (r: UInt8, g: UInt8, b: UInt8) {
        get {
            let start = offset(x, y)
            return (pixels[start], pixels[start + 1], pixels[start + 2])
        }
        set {
            let start = offset(x, y)
            pixels[start] = newValue.r
            pixels[start + 1] = newValue.g
            pixels[start + 2] = newValue.b
        }
    }

    private func offset(_ x: Int, _ y: Int) -> Int {
        precondition(
            (0..<width).contains(x) && (0..<height).contains(y),
            "pixel (\(x), \(y)) is outside \(width) x \(height) pixels")
        return 3 * (y * width + x)
    }
}
