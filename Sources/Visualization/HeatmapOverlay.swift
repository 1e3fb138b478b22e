import Boxes
import Foundation
import Images
import Tensors

/// Draws a heatmap over its image, with a colour per class, and a legend below that names the classes and their highest values.
///
/// Each pixel shows the class with the highest value, more opaque for higher values; where all are low the photograph stays visible.
///
/// - Parameters:
///   - heatmap: `[class, row, column]` in `0...1`.
/// - imageToCells: The transform from image pixels to the heatmap's cells, as in the network's view of the image.
/// - classNames: The names of the classes.
///   - boxes: Drawn on top.
/// - minimumSide: The minimum length of the longer side of the image part, in pixels: smaller images are enlarged.
/// - Throws: ``DrawingError``.
public func heatmapOverlay(
    image: Image, heatmap: Tensor, imageToCells: AffineMap<ImagePixels, OutputCells>, classNames: [String],
    boxes: [LabelledBox] = [], minimumSide: Int = defaultImageSide
) throws(DrawingError) -> Drawing {
    let sampler = try HeatmapSampler(heatmap)
    guard sampler.classCount == classNames.count else {
        throw .classCount(heatmap: sampler.classCount, names: classNames.count)
    }
    guard imageToCells.isInvertible else { throw .unusableMap }
    let (width, height) = image.enlargedSize(toSide: minimumSide)
    guard image.scaling(to: (width, height)).inverse != nil else { throw .unusableMap }
    let entries = zip(classNames, sampler.peaks).enumerated().map { index, entry in
        Legend.Entry(
            name: entry.0, detail: String(format: "%.2f", entry.1), color: Palette.color(index), rank: Double(entry.1))
    }
    let legend = Legend(title: "Highest heat", entries: entries, width: width, measuredOn: try .ruler())
    return Drawing(width: width, height: height + legend.height) { (canvas) throws(DrawingError) in
        let pixels = canvas.resolution(of: image, width: width, height: height)
        guard let toImage = image.scaling(to: pixels).inverse else { throw .unusableMap }
        let resized = image.resized(width: pixels.width, height: pixels.height)
        let heated = blend(sampler, over: resized, toCells: toImage.followed(by: imageToCells))
        try canvas.draw(heated, x: 0, y: 0, width: width, height: height)
        try canvas.draw(boxes, of: image, x: 0, y: 0, width: width, height: height)
        legend.draw(on: canvas, top: Double(height))
    }
}

/// Blends the colour of the class with the highest value over the image, by that value.
private func blend(
    _ sampler: HeatmapSampler, over image: Image, toCells: AffineMap<CanvasPixels, OutputCells>
) -> Image {
    let colors = (0..<sampler.classCount).map { Palette.color($0).bytes }.map {
        SIMD3<Float>(Float($0.r), Float($0.g), Float($0.b))
    }
    return image.changed { pixels in
        colors.withUnsafeBufferPointer { colors in
            sampler.forEachHeated(width: image.width, height: image.height, toCells: toCells) {
                pixel, index, heat in
                let (start, color) = (3 * pixel, colors[index])
                let below = SIMD3<Float>(Float(pixels[start]), Float(pixels[start + 1]), Float(pixels[start + 2]))
                // Adding 2²³ to a float removes its fraction: its lowest bits are the integer. A conversion would check that it is
                // representable.
                let mixed = below + HeatmapSampler.opacity(heat) * (color - below) + 8_388_608
                for channel in 0..<3 { pixels[start + channel] = UInt8(truncatingIfNeeded: mixed[channel].bitPattern) }
            }
        }
    }
}
