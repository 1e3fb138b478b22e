/// Blurs colours.
enum SceneBlur {
    /// Returns the means over squares of `2 * radius + 1` pixels, twice, which is close to a Gaussian; the border is repeated.
    static func box(_ pixels: [Tint], size: Int, radius: Int) -> [Tint] {
        var pixels = pixels
        for _ in 0..<2 {
            pixels = alongRows(pixels, size, radius)
            pixels = alongRows(pixels, size, radius)
        }
        return pixels
    }

    /// Returns the means along rows, with rows and columns exchanged.
    private static func alongRows(_ pixels: [Tint], _ size: Int, _ radius: Int) -> [Tint] {
        var result = pixels
        let factor = 1 / Double(2 * radius + 1)
        for y in 0..<size {
            let row = y * size
            var sum = Tint(0, 0, 0)
            for x in -radius...radius { sum = sum.adding(pixels[row + min(max(x, 0), size - 1)], 1) }
            for x in 0..<size {
                result[x * size + y] = sum.lit(factor)
                sum = sum.adding(pixels[row + min(x + radius + 1, size - 1)], 1)
                sum = sum.adding(pixels[row + max(x - radius, 0)], -1)
            }
        }
        return result
    }

    /// Returns each colour mixed with those of its four neighbours.
    static func slight(_ pixels: [Tint], size: Int, part: Double) -> [Tint] {
        var result = pixels
        for y in 0..<size {
            for x in 0..<size {
                let sum = pixels[y * size + max(x - 1, 0)].adding(pixels[y * size + min(x + 1, size - 1)], 1)
                    .adding(pixels[max(y - 1, 0) * size + x], 1).adding(pixels[min(y + 1, size - 1) * size + x], 1)
                result[y * size + x] = pixels[y * size + x].mixed(with: sum.lit(0.25), part)
            }
        }
        return result
    }
}
