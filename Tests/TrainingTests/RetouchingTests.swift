import Foundation
import Images
import Tensors
import Testing
import Training

/// Transforms of pixels, each against what it is defined as.
@Suite struct RetouchingTests {
    private func noise(_ rows: Int, _ columns: Int) -> Tensor {
        var random = SeededGenerator(5)
        return Tensor(
            [3, rows, columns], elements: (0..<3 * rows * columns).map { _ in Float(random.uniform(0.2, 0.8)) })
    }

    /// Does what a configuration without anything else does to pixels.
    private func retouched(
        _ image: Tensor, seed: UInt64, by change: (inout AugmentationConfiguration) -> Void
    ) -> Tensor {
        var (image, random, configuration) = (image, SeededGenerator(seed), AugmentationConfiguration.none)
        change(&configuration)
        image.withMutableView { view in
            for transform in configuration.transforms { transform.retouch(view, meanGray: 0.25, random: &random) }
        }
        return image
    }

    /// The hue turns, while greys and the grey of each colour stay.
    @Test func turnedHuesKeepTheirGray() {
        let image = noise(6, 5)
        let gray = Tensor([3, 6, 5], elements: (0..<90).map { Float($0 % 30) / 30 })
        var changed = 0
        for seed in 0..<10 as Range<UInt64> {
            let turned = retouched(image, seed: seed, by: { $0.hue = 20 })
            let turnedGray = retouched(gray, seed: seed, by: { $0.hue = 180 })
            for (one, other) in zip(gray.elements, turnedGray.elements) { #expect(abs(one - other) < 2e-3) }
            if turned != image { changed += 1 }
            for row in 0..<6 {
                for column in 0..<5 {
                    func gray(_ image: Tensor) -> Float {
                        0.299 * image[0, row, column] + 0.587 * image[1, row, column] + 0.114 * image[2, row, column]
                    }
                    #expect(abs(gray(turned) - gray(image)) < 5e-3)
                }
            }
        }
        #expect(changed == 10)
        // Red turned by a third of a circle is about green.
        let red = Tensor([3, 1, 1], elements: [0.9, 0.1, 0.1])
        let hues = (0..<200 as Range<UInt64>).map { retouched(red, seed: $0, by: { $0.hue = 180 }) }
        #expect(hues.contains { $0[1, 0, 0] > $0[0, 0, 0] + 0.2 } && hues.contains { $0[2, 0, 0] > $0[0, 0, 0] + 0.2 })
    }

    /// A blurred impulse is a Gaussian: it keeps its sum, is symmetric, and falls off; constants stay.
    @Test func blurIsAGaussian() {
        var impulse = Tensor([3, 21, 21])
        for channel in 0..<3 { impulse[channel, 10, 10] = 1 }
        var count = 0
        for seed in 0..<20 as Range<UInt64> {
            let blurred = retouched(impulse, seed: seed, by: { $0.blur = 2 })
            #expect(abs(blurred.elements.reduce(0, +) - 3) < 1e-4)
            if blurred == impulse { continue }
            count += 1
            #expect(abs(blurred[1, 10, 8] - blurred[1, 10, 12]) < 1e-6)
            #expect(abs(blurred[1, 10, 8] - blurred[1, 8, 10]) < 1e-6)
            // exp(-(a^2 + b^2)) = exp(-a^2) exp(-b^2).
            #expect(
                abs(blurred[0, 11, 11] * blurred[0, 10, 10] - blurred[0, 11, 10] * blurred[0, 10, 11]) < 1e-5)
            let flat = Tensor([3, 9, 14], elements: [Float](repeating: 0.4, count: 3 * 9 * 14))
            for value in retouched(flat, seed: seed, by: { $0.blur = 2 }).elements {
                #expect(abs(value - 0.4) < 1e-5)
            }
        }
        #expect((4...16).contains(count))
    }

    @Test func noiseHasItsDeviation() {
        let flat = Tensor([3, 100, 100], elements: [Float](repeating: 0.5, count: 30000))
        var deviations: [Double] = []
        for seed in 0..<40 as Range<UInt64> {
            let values = retouched(flat, seed: seed, by: { $0.noise = 0.1 }).elements.map(Double.init)
            let mean = values.reduce(0, +) / 30000
            #expect(abs(mean - 0.5) < 5e-3)
            deviations.append((values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 30000).squareRoot())
        }
        #expect(deviations.allSatisfy { $0 < 0.102 } && deviations.contains { $0 > 0.07 } && deviations.contains(0))
    }

    @Test func compressionChangesLittle() {
        let image = Tensor([3, 32, 32], elements: (0..<3072).map { 0.5 + 0.3 * sin(Float($0 % 32) / 5) })
        let results = (0..<20 as Range<UInt64>).map {
            retouched(image, seed: $0, by: { $0.jpegQuality = 40 })
        }
        #expect(results.contains { $0 == image } && results.contains { $0 != image })
        for result in results {
            let difference = zip(result.elements, image.elements).reduce(0) { $0 + abs($1.0 - $1.1) } / 3072
            #expect(difference < 0.03)
        }
    }

    @Test func cutoutIsOneGrayRectangle() {
        let image = noise(20, 30)
        var covered: [Int] = []
        for seed in 0..<30 as Range<UInt64> {
            let result = retouched(image, seed: seed, by: { $0.cutout = 0.5 })
            var (rows, columns) = (Set<Int>(), Set<Int>())
            var count = 0
            for row in 0..<20 {
                for column in 0..<30 where result[1, row, column] != image[1, row, column] {
                    #expect(result[1, row, column] == 0.25)
                    rows.insert(row)
                    columns.insert(column)
                    count += 1
                }
            }
            #expect(count == rows.count * columns.count && rows.count <= 10 && columns.count <= 15)
            covered.append(count)
        }
        #expect(covered.contains(0) && covered.contains { $0 > 20 })
    }
}
