import Boxes
import Foundation
import Images
import Tensors

/// Colours one map `[row, column]`.
struct MapPainter {
    private let map: Tensor
    private let grid: MapGrid
    private let range: ClosedRange<Float>
    /// For each step of strength, a premultiplied colour and the share of the image that stays visible.
    private let steps: [SIMD4<Float>]
    private static let stepCount = 1024

    /// - Throws: ``DrawingError/heatmapShape(actual:expected:)`` when there are no cells.
    init(_ map: Tensor, range: ClosedRange<Float>, style: MapStyle) throws(DrawingError) {
        grid = try MapGrid(map)
        self.map = map
        self.range = range
        steps = (0..<Self.stepCount).map { step in
            let strength = Double(step) / Double(Self.stepCount - 1)
            let share =
                switch style.blending {
                case .uniform: Float(style.opacity)
                case .byStrength: Float(style.opacity * pow(strength, 0.8))
                }
            let color = style.colormap.color(strength)
            return SIMD4(Float(color.r) * share, Float(color.g) * share, Float(color.b) * share, 1 - share)
        }
    }

    /// Draws the map over an image; nothing changes outside the map's grid, and where values are not finite.
    func laid(over image: Image, toCells: AffineMap<CanvasPixels, MapCells>) -> Image {
        let extent = range.upperBound - range.lowerBound
        let scale = extent > 0 ? Float(Self.stepCount - 1) / extent : 0
        let last = Float(Self.stepCount - 1)
        return image.changed { pixels in
            map.withElements { cells in
                steps.withUnsafeBufferPointer { steps in
                    grid.forEachPixel(width: image.width, height: image.height, toCells: toCells) { pixel, place in
                        let strength = (place.value(in: cells) - range.lowerBound) * scale
                        guard strength.isFinite else { return }
                        let step = steps[Int(max(0, min(last, strength)) + 0.5)]
                        let start = 3 * pixel
                        for channel in 0..<3 {
                            pixels[start + channel] = UInt8(
                                step[channel] + step.w * Float(pixels[start + channel]) + 0.5)
                        }
                    }
                }
            }
        }
    }

    /// Renders the map's colours alone, filling an image; each cell is a rectangle of one colour.
    func alone(width: Int, height: Int, colormap: Colormap) throws(DrawingError) -> Image {
        try heatmapImage(map, colormap: colormap, range: range).blocks(width: width, height: height)
    }
}

extension MapGrid {
    /// - Throws: ``DrawingError/heatmapShape(actual:expected:)`` unless the shape is `[row, column]` with at least one cell.
    init(_ map: Tensor) throws(DrawingError) {
        guard map.shape.count == 2, map.count > 0 else {
            throw .heatmapShape(actual: map.shape, expected: "[row, column]")
        }
        (rows, columns) = (map.shape[0], map.shape[1])
    }

    /// The size of an image of the grid whose longer side has at least this many pixels.
    func size(minimumSide: Int) -> (width: Int, height: Int) {
        let scale = max(1, Double(minimumSide) / Double(max(rows, columns)))
        return (max(1, Int((Double(columns) * scale).rounded())), max(1, Int((Double(rows) * scale).rounded())))
    }
}

extension Image {
    /// Returns this image with its pixels changed by `body`.
    func changed(_ body: (UnsafeMutableBufferPointer<UInt8>) -> Void) -> Image {
        var pixels = pixels
        pixels.withUnsafeMutableBufferPointer { body($0) }
        return Image(width: width, height: height, pixels: pixels)
    }

    /// Returns this image with each pixel enlarged to a rectangle of one colour, with edges at whole pixels.
    func blocks(width newWidth: Int, height newHeight: Int) -> Image {
        let columns = (0..<newWidth).map { min(width - 1, $0 * width / newWidth) }
        return Image(width: newWidth, height: newHeight, fill: (0, 0, 0)).changed { target in
            for row in 0..<newHeight {
                let source = 3 * width * min(height - 1, row * height / newHeight)
                for (column, from) in columns.enumerated() {
                    let start = 3 * (row * newWidth + column)
                    for channel in 0..<3 { target[start + channel] = pixels[source + 3 * from + channel] }
                }
            }
        }
    }
}
