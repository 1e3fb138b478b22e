import Foundation
import Images
import Tensors
import TestSupport
import Testing

@Suite struct PNGTests {
    @Test(arguments: [(1, 1), (1, 9), (17, 5), (256, 3), (700, 401), (90_000, 3)])
    func coloursComeBackExactly(width: Int, height: Int) throws {
        let folder = try TemporaryFolder()
        let image = Image.noise(width, height)
        // The content decides, whatever the name says.
        try image.writePNG(to: folder.file("a.jpg"))
        #expect(try Image(contentsOf: folder.file("a.jpg")) == image)
        #expect(try Image(data: image.pngData()) == image)
        #expect(try ImageHeader(contentsOf: folder.file("a.jpg")).size == (width, height))
    }

    @Test func smoothImagesShrink() throws {
        let data = try Image.gradient(960, 720).pngData()
        #expect(data.count < 3 * 960 * 720 / 20, "\(data.count) bytes")
        #expect(try Image.gradient(960, 720).pngData() == data)
    }

    /// Rows of one image with given differences from the left neighbour, so that the writer's compression meets cases that are rare in
    /// photographs. They are decompressed by zlib, an independent implementation.
    @Test func anyDifferencesComeBackExactly() throws {
        var cases: [[UInt8]] = []
        // Runs of every length up to twice the longest that has a code, at every position in a group of eight.
        for start in 0..<9 {
            var bytes: [UInt8] = []
            for length in 1...530 {
                bytes += [UInt8](repeating: UInt8(truncatingIfNeeded: length), count: length)
                bytes += (0..<start).map { UInt8(truncatingIfNeeded: 37 &* $0 &+ length) }
            }
            cases.append(bytes)
        }
        // Counts that grow like Fibonacci numbers would need codes longer than the limit.
        var counts = [1, 1]
        while counts.count < 24 { counts.append(counts[counts.count - 1] + counts[counts.count - 2]) }
        var random = SeededGenerator(3)
        var skewed = counts.enumerated().flatMap { [UInt8](repeating: UInt8(7 * $0), count: $1) }
        for index in skewed.indices.dropLast().reversed() {
            skewed.swapAt(index + 1, random.integer(in: 0...index + 1))
        }
        cases += [skewed, [UInt8](repeating: 0, count: 600_000), [9], [1, 2, 3]]
        for seed in 0..<20 {
            var random = SeededGenerator(4, seed)
            let values = random.integer(in: 1...256)
            cases.append((0..<random.integer(in: 1...4000)).map { _ in UInt8(random.integer(in: 0...values - 1)) })
        }
        for differences in cases {
            // Three bytes per pixel, padded with zeros.
            let bytes = differences + [UInt8](repeating: 0, count: (3 - differences.count % 3) % 3)
            var pixels = bytes
            for index in pixels.indices.dropFirst(3) { pixels[index] &+= pixels[index - 3] }
            let image = Image(width: pixels.count / 3, height: 1, pixels: pixels)
            let data = try image.pngData()
            #expect(try Image(data: data) == image)
            #expect(data.count <= bytes.count * 9 / 8 + 600)
        }
    }

    @Test func everyGrayOf16BitsComesBackExactly() throws {
        let folder = try TemporaryFolder()
        let image = Gray16Image(width: 512, height: 128, pixels: Array(0...65535))
        try image.writePNG(to: folder.file("a.png"))
        #expect(try Gray16Image(contentsOf: folder.file("a.png")) == image)
        // Values are data, not light: the file contains no chunk that makes viewers apply gamma.
        let bytes = try Data(contentsOf: folder.file("a.png"))
        for name in ["gAMA", "cHRM", "sRGB"] { #expect(bytes.range(of: Data(name.utf8)) == nil) }
        // Displayed as an image, black is black and white is white, and the steps between are even.
        let seen = try Image(contentsOf: folder.file("a.png"))
        for index in stride(from: 0, through: 65535, by: 997) {
            #expect(abs(Double(seen.pixels[3 * index]) - Double(index) / 257) <= 0.51)
        }
    }

    @Test func onlyGrayOf16BitsIsReadAsSuch() throws {
        let folder = try TemporaryFolder()
        try Image.noise(4, 4).writePNG(to: folder.file("a.png"))
        #expect(throws: ImageError.notGray16(path: folder.file("a.png").path)) {
            try Gray16Image(contentsOf: folder.file("a.png"))
        }
        try Image.noise(4, 4).writeJPEG(to: folder.file("b.png"))
        #expect(throws: ImageError.notGray16(path: folder.file("b.png").path)) {
            try Gray16Image(contentsOf: folder.file("b.png"))
        }
    }

    private func pixels(_ png: PNGBytes) throws -> [UInt8] { try Image(data: Data(png.bytes)).pixels }

    private func grays(_ values: [UInt8]) -> [UInt8] { values.flatMap { [$0, $0, $0] } }

    @Test func grayOfFewBitsIsSpread() throws {
        #expect(
            try pixels(PNGBytes(width: 3, height: 1, bitDepth: 1, colorType: 0, rows: [[0b1010_0000]]))
                == grays([255, 0, 255]))
        #expect(
            try pixels(PNGBytes(width: 4, height: 1, bitDepth: 2, colorType: 0, rows: [[0b0001_1011]]))
                == grays([0, 85, 170, 255]))
        #expect(
            try pixels(PNGBytes(width: 2, height: 2, bitDepth: 8, colorType: 0, rows: [[1, 2], [3, 200]]))
                == grays([1, 2, 3, 200]))
    }

    @Test func palettesAreLookedUp() throws {
        let png = PNGBytes(
            width: 3, height: 1, bitDepth: 8, colorType: 3, rows: [[2, 0, 1]],
            chunks: [("PLTE", [10, 20, 30, 40, 50, 60, 70, 80, 90])])
        #expect(try pixels(png) == [70, 80, 90, 10, 20, 30, 40, 50, 60])
    }

    @Test func sixteenBitsBecomeEight() throws {
        let png = PNGBytes(
            width: 2, height: 1, bitDepth: 16, colorType: 2,
            rows: [[0, 0, 128, 128, 255, 255, 64, 64, 1, 1, 200, 200]])
        #expect(try pixels(png) == [0, 128, 255, 64, 1, 200])
    }

    @Test func whatIsTransparentLiesOnWhite() throws {
        let opaque = PNGBytes(width: 2, height: 1, bitDepth: 8, colorType: 6, rows: [[9, 8, 7, 255, 9, 8, 7, 0]])
        #expect(try pixels(opaque) == [9, 8, 7, 255, 255, 255])
        let gray = PNGBytes(width: 3, height: 1, bitDepth: 8, colorType: 4, rows: [[0, 255, 0, 0, 0, 128]])
        // On the values as stored, not in linear light.
        #expect(try pixels(gray) == grays([0, 255, 127]))
    }

    /// As in vision tools, a file's gamma does not change its values.
    @Test func gammaIsIgnored() throws {
        let png = PNGBytes(
            width: 3, height: 1, bitDepth: 8, colorType: 0, rows: [[10, 100, 200]],
            chunks: [("gAMA", PNGBytes.bigEndian(100_000))])
        #expect(try pixels(png) == grays([10, 100, 200]))
    }
}
