import Images
import Tensors

/// Creates an image from a map of colours, such as the principal components of a layer: one pixel per cell.
///
/// - Parameter colors: `[3, row, column]`: red, green and blue in `0...1`; what is not finite is black.
/// - Throws: ``DrawingError/heatmapShape(actual:expected:)`` for other shapes.
public func colorImage(_ colors: Tensor) throws(DrawingError) -> Image {
    guard colors.shape.count == 3, colors.shape[0] == 3, colors.count > 0 else {
        throw .heatmapShape(actual: colors.shape, expected: "[3, row, column]")
    }
    let area = colors.shape[1] * colors.shape[2]
    let pixels = colors.withElements { parts in
        (0..<3 * area).map { place in
            let part = parts[place % 3 * area + place / 3]
            return part.isFinite ? UInt8(255 * max(0, min(1, part)) + 0.5) : 0
        }
    }
    return Image(width: colors.shape[2], height: colors.shape[1], pixels: pixels)
}
