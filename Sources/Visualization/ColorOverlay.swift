import Boxes
import Images
import Tensors

/// Draws a map of colours, such as the principal components of a layer, over its image.
///
/// - Parameters:
///   - colors: `[3, row, column]`: red, green and blue in `0...1`.
/// - imageToCells: The transform from image pixels to the map's cells.
/// - opacity: How much of the image the colours hide, in `0...1`.
/// - caption: The caption below the image.
/// - minimumSide: The minimum length of the longer side of the image part, in pixels.
/// - Throws: ``DrawingError``.
public func colorOverlay(
    image: Image, colors: Tensor, imageToCells: AffineMap<ImagePixels, MapCells>, opacity: Double = 0.6,
    boxes: [LabelledBox] = [], caption: String = "", minimumSide: Int = defaultImageSide
) throws(DrawingError) -> Drawing {
    let (width, height) = image.enlargedSize(toSide: minimumSide)
    guard imageToCells.isInvertible else { throw .unusableMap }
    _ = try MapGrid(colors: colors)
    return try framed(width: width, height: height, scale: .nothing, caption: caption) {
        (canvas) throws(DrawingError) in
        let pixels = canvas.resolution(of: image, width: width, height: height)
        let drawn = try image.resized(width: pixels.width, height: pixels.height)
            .colored(by: colors, from: image, imageToCells, opacity: opacity)
        try canvas.draw(drawn, x: 0, y: 0, width: width, height: height)
        try canvas.draw(boxes, of: image, x: 0, y: 0, width: width, height: height)
    }
}

/// Draws a map of colours without an image.
///
/// - Parameter colors: `[3, row, column]`: red, green and blue in `0...1`.
/// - Throws: ``DrawingError``.
public func colorsAlone(
    _ colors: Tensor, isSmooth: Bool = false, caption: String = "", minimumSide: Int = 480
) throws(DrawingError) -> Drawing {
    let grid = try MapGrid(colors: colors)
    let (width, height) = grid.size(minimumSide: minimumSide)
    return try framed(width: width, height: height, scale: .nothing, caption: caption) {
        (canvas) throws(DrawingError) in
        let drawn = colors.image(grid, width: width, height: height, isSmooth: isSmooth)
        try canvas.draw(drawn, x: 0, y: 0, width: width, height: height)
    }
}

extension Image {
    /// Returns this image, enlarged from `source`, with a map's colours drawn over it.
    func colored(
        by colors: Tensor, from source: Image, _ imageToCells: AffineMap<ImagePixels, MapCells>, opacity: Double
    ) throws(DrawingError) -> Image {
        let grid = try MapGrid(colors: colors)
        guard imageToCells.isInvertible, let toSource = source.scaling(to: (width, height)).inverse else {
            throw .unusableMap
        }
        return colors.laid(grid, over: self, toCells: toSource.followed(by: imageToCells), opacity: Float(opacity))
    }
}

extension MapGrid {
    init(colors: Tensor) throws(DrawingError) {
        guard colors.shape.count == 3, colors.shape[0] == 3, colors.count > 0 else {
            throw .heatmapShape(actual: colors.shape, expected: "[3, row, column]")
        }
        (rows, columns) = (colors.shape[1], colors.shape[2])
    }
}

extension Tensor {
    fileprivate func laid(
        _ grid: MapGrid, over image: Image, toCells: AffineMap<CanvasPixels, MapCells>, opacity: Float
    ) -> Image {
        let share = opacity > 0 ? min(opacity, 1) : 0
        let area = grid.rows * grid.columns
        return image.changed { pixels in
            withElements { cells in
                grid.forEachPixel(width: image.width, height: image.height, toCells: toCells) { pixel, place in
                    for channel in 0..<3 {
                        let plane = UnsafeBufferPointer(rebasing: cells[channel * area..<(channel + 1) * area])
                        let part = place.value(in: plane)
                        guard part.isFinite else { continue }
                        let below = Float(pixels[3 * pixel + channel])
                        pixels[3 * pixel + channel] = UInt8(
                            below + share * (255 * max(0, min(1, part)) - below) + 0.5)
                    }
                }
            }
        }
    }

    func image(_ grid: MapGrid, width: Int, height: Int, isSmooth: Bool) -> Image {
        let ground = Image(
            width: isSmooth ? width : grid.columns, height: isSmooth ? height : grid.rows, fill: (0, 0, 0))
        let toCells = grid.filling(width: ground.width, height: ground.height)
        return laid(grid, over: ground, toCells: toCells, opacity: 1).blocks(width: width, height: height)
    }
}
