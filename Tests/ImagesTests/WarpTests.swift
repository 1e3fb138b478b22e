import Boxes
import Foundation
import Images
import Tensors
import Testing

@Suite struct WarpTests {
    private typealias View = AffineMap<ImagePixels, InputPixels>

    /// The definition, pixel by pixel.
    private func plain(_ image: Image, _ map: View, size: Int) throws -> Tensor {
        let back = try #require(map.inverse)
        var view = Tensor([3, size, size])
        for v in 0..<size {
            for u in 0..<size {
                let place = back(x: Double(u) + 0.5, y: Double(v) + 0.5)
                for y in 0..<image.height {
                    for x in 0..<image.width {
                        let weight =
                            max(0, 1 - abs(place.x - 0.5 - Double(x))) * max(0, 1 - abs(place.y - 0.5 - Double(y)))
                        if weight == 0 { continue }
                        let pixel = image[x, y]
                        for (channel, value) in [pixel.r, pixel.g, pixel.b].enumerated() {
                            view[channel, v, u] += Float(weight * Double(value) / 255)
                        }
                    }
                }
            }
        }
        return view
    }

    private func difference(_ one: Tensor, _ other: Tensor) -> Float {
        zip(one.elements, other.elements).map { abs($0 - $1) }.map { $0.isNaN ? .infinity : $0 }.max() ?? 0
    }

    @Test func viewsFollowTheDefinition() throws {
        let angle = 0.7
        let maps: [View] = [
            .wholeImage(width: 14, height: 9, inputSize: 11),
            .square(centerX: 3, centerY: 8, side: 7, inputSize: 12),
            .square(centerX: 6.3, centerY: 4.1, side: 40, inputSize: 12, flipped: true),
            .square(centerX: -3, centerY: 12, side: 9, inputSize: 12),
            .square(centerX: 500, centerY: 500, side: 9, inputSize: 12),
            View(scaleX: 1e-9, scaleY: 1e9),
            View(a: cos(angle), b: -sin(angle), tx: 3, c: sin(angle), d: cos(angle), ty: -2),
            View(a: 0, b: 1.3, tx: 0, c: -0.8, d: 0, ty: 9),
        ]
        for image in [Image.noise(14, 9), .noise(1, 9), .noise(14, 1), .noise(1, 1)] {
            for map in maps {
                #expect(difference(image.warped(by: map, size: 12), try plain(image, map, size: 12)) < 1e-5)
            }
        }
    }

    /// Views that see part of an image, or none of it, drawn over memory that contains NaN.
    @Test(arguments: [14, 700]) func whatMemoryHeldBeforeIsNotSeen(width: Int) throws {
        let image = Image.noise(width, 5)
        for centerX in stride(from: -4.0, through: Double(width) + 4, by: Double(width) / 7 + 0.3) {
            for side in [3.0, 9, 80] {
                let map = View.square(centerX: centerX, centerY: 2.2, side: side, inputSize: 12)
                let expected = try plain(image, map, size: 12)
                withUnsafeTemporaryAllocation(of: Float.self, capacity: 3 * width) { $0.initialize(repeating: .nan) }
                #expect(difference(image.warped(by: map, size: 12), expected) < 1e-5, "\(centerX), \(side)")
            }
        }
    }

    @Test func theIdentityShowsEveryPixel() {
        let image = Image.noise(8, 8)
        let view = image.warped(by: View(scaleX: 1, scaleY: 1), size: 8)
        for y in 0..<8 {
            for x in 0..<8 {
                #expect(abs(view[0, y, x] - Float(image[x, y].r) / 255) < 1e-6)
                #expect(abs(view[2, y, x] - Float(image[x, y].b) / 255) < 1e-6)
            }
        }
    }

    @Test func flippedViewsAreMirrored() {
        let image = Image.noise(50, 40)
        let straight = image.warped(by: .square(centerX: 21, centerY: 17, side: 33, inputSize: 24), size: 24)
        let flipped = image.warped(
            by: .square(centerX: 21, centerY: 17, side: 33, inputSize: 24, flipped: true), size: 24)
        for channel in 0..<3 {
            for v in 0..<24 {
                for u in 0..<24 { #expect(abs(straight[channel, v, u] - flipped[channel, v, 23 - u]) < 1e-5) }
            }
        }
    }

    /// A smooth image, enlarged and then viewed through the inverse map, is nearly unchanged.
    @Test func mapsBackUndoMaps() {
        let image = Image.gradient(32, 32)
        let large = image.warped(by: View(scaleX: 4, scaleY: 4), size: 128)
        let pixels = (0..<128 * 128).flatMap { index in
            (0..<3).map { UInt8((large.elements[$0 * 128 * 128 + index] * 255).rounded()) }
        }
        let back = Image(width: 128, height: 128, pixels: pixels).warped(by: View(scaleX: 0.25, scaleY: 0.25), size: 32)
        for y in 2..<30 {
            for x in 2..<30 { #expect(abs(back[0, y, x] - Float(image[x, y].r) / 255) < 0.02) }
        }
    }

    /// Sizes below, equal to and above the widths of the loops; views that see all, a part and nothing of the image.
    @Test(arguments: [1, 3, 8, 21]) func coloursChangeWhileAViewIsDrawn(size: Int) throws {
        let image = Image.noise(23, 14)
        var colors = ColorTransform()
        colors.saturation(0.6)
        colors.brightness(1.2)
        colors.normalize(mean: [0.5, 0.4, 0.3], deviation: [0.2, 0.3, 0.4])
        for map in [
            View.wholeImage(width: 23, height: 14, inputSize: InputExtent(side: size)),
            .square(centerX: 4, centerY: 12, side: 9, inputSize: InputExtent(side: size), flipped: true),
            .square(centerX: 90, centerY: 12, side: 9, inputSize: InputExtent(side: size)),
            View(a: 0.8, b: -0.3, tx: 3, c: 0.3, d: 0.8, ty: -2),
        ] {
            let expected = try plain(image, map, size: size)
            var view = Tensor([2, 3, size, size], repeating: .nan)
            let mean = view.withMutableView { ScaledImage(image).draw(map, into: $0.item(1), colors: colors) }
            let (area, grayWeights) = (size * size, [0.299, 0.587, 0.114])
            for place in 0..<area {
                let color = (0..<3).map { Double(expected.elements[$0 * area + place]) }
                let gray = zip(color, grayWeights).map { $0 * $1 }.reduce(0, +)
                for channel in 0..<3 {
                    let changed = 1.2 * (0.6 * color[channel] + 0.4 * gray)
                    let wanted = (changed - [0.5, 0.4, 0.3][channel]) / [0.2, 0.3, 0.4][channel]
                    #expect(abs(Double(view.elements[(3 + channel) * area + place]) - wanted) < 1e-5)
                }
            }
            for channel in 0..<3 {
                let sum = expected.elements[channel * area..<(channel + 1) * area].reduce(0.0) { $0 + Double($1) }
                #expect(abs(Double(mean[channel]) - sum / Double(area)) < 1e-6)
            }
            #expect(!view.elements.prefix(3 * area).contains { !$0.isNaN }, "the neighbour in the batch was touched")
        }
    }
}
