import Images

/// The pixels of a scene while it is drawn, and the object that each one shows.
package struct PaintedScene {
    package let size: Int
    /// The colours, row by row.
    package var pixels: [Tint] = []
    /// The frontmost object of each pixel; -1 is the background.
    var owners: [Int]

    /// Starts with the background.
    init(size: Int, background: ShapeTexture) {
        self.size = size
        owners = Array(repeating: -1, count: size * size)
        pixels.reserveCapacity(size * size)
        for y in 0..<size {
            for x in 0..<size { pixels.append(background.color(Double(x) + 0.5, Double(y) + 0.5)) }
        }
    }

    /// Starts with a background that is painted already.
    package init(size: Int, pixels: [Tint]) {
        precondition(pixels.count == size * size, "\(pixels.count) colours for \(size) x \(size) pixels")
        self.size = size
        self.pixels = pixels
        owners = Array(repeating: -1, count: size * size)
    }

    /// Returns the image; `light` is the brightness of each pixel.
    func image(light: (_ x: Double, _ y: Double) -> Double) -> Image {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(3 * size * size)
        for y in 0..<size {
            for x in 0..<size {
                let tint = pixels[y * size + x].lit(light(Double(x), Double(y)))
                for part in [tint.red, tint.green, tint.blue] {
                    bytes.append(UInt8((min(max(part, 0), 1) * 255).rounded()))
                }
            }
        }
        return Image(width: size, height: size, pixels: bytes)
    }

    /// Returns the visible part of each object.
    func visibleParts(objectCount: Int) -> [PixelExtent] {
        var seen = [PixelExtent](repeating: PixelExtent(), count: objectCount)
        for y in 0..<size {
            for x in 0..<size where owners[y * size + x] >= 0 { seen[owners[y * size + x]].add(x, y) }
        }
        return seen
    }
}
