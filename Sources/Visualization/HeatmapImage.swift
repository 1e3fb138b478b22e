import Images
import Tensors

/// Renders a map of numbers as an image, one pixel per cell.
///
/// - Parameters:
///   - map: `[row, column]`.
/// - range: The numbers that get the colour map's first and last colour; by default nothing is stretched.
/// - Throws: ``DrawingError/heatmapShape(actual:expected:)`` when there are no cells.
public func heatmapImage(
    _ map: Tensor, colormap: Colormap = .viridis, range: ClosedRange<Float> = 0...1
) throws(DrawingError) -> Image {
    guard map.shape.count == 2, map.count > 0 else {
        throw .heatmapShape(actual: map.shape, expected: "[row, column]")
    }
    let extent = range.upperBound - range.lowerBound
    let pixels = map.elements.flatMap { value -> [UInt8] in
        let color = colormap.color(extent > 0 ? Double((value - range.lowerBound) / extent) : 0)
        return [color.r, color.g, color.b]
    }
    return Image(width: map.shape[1], height: map.shape[0], pixels: pixels)
}
