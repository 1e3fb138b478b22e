import Boxes
import CTurboJPEG
import Foundation
import Images
import Tensors
import Testing

@Suite struct ScaledImageTests {
    /// Slow waves without symmetry, which a coarser image preserves.
    private func waves(_ width: Int, _ height: Int) -> Image {
        var image = Image(width: width, height: height, fill: (0, 0, 0))
        for y in 0..<height {
            for x in 0..<width {
                let (u, v) = (Double(x) + 0.5, Double(y) + 0.5)
                image[x, y] = (
                    UInt8(128 + 100 * sin(u / 31) * cos(v / 47)), UInt8(60 + 120 * u / Double(width)),
                    UInt8(40 + 150 * v / Double(height))
                )
            }
        }
        return image
    }

    @Test(arguments: [
        (640.0, 1), (320.5, 1), (320, 2), (161, 2), (160, 4), (81, 4), (80, 8), (2, 8), (0, 8), (.infinity, 1),
    ])
    func theCoarsestScaleThatIsFineEnough(longerSide: Double, reduction: Int) throws {
        let landscape = try ScaledImage(data: try waves(640, 481).jpegData(), longerSide: longerSide)
        #expect(landscape.reduction == reduction)
        #expect((landscape.width, landscape.height) == (640, 481))
        #expect(landscape.image.width == 640 / reduction)
        #expect(landscape.image.height == (481 + reduction - 1) / reduction)
        #expect(try ScaledImage(data: try waves(11, 640).jpegData(), longerSide: longerSide).reduction == reduction)
        #expect(try ScaledImage(data: try waves(640, 481).pngData(), longerSide: longerSide).reduction == 1)
    }

    /// For small images two of the library's scales give the same size; the intended one must be used.
    @Test func smallImagesAreNotTakenForOtherScales() throws {
        for side in 1...70 {
            let image = try ScaledImage(data: try waves(side, max(1, side / 2)).jpegData(), longerSide: 1)
            #expect(image.image.width == (side + image.reduction - 1) / image.reduction)
            #expect(image.reduction == 1 || image.image.width >= 16)
        }
    }

    private func turned(_ jpeg: [UInt8], by orientation: Int) -> [UInt8] {
        let tiff: [UInt8] = [
            0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, UInt8(orientation), 0, 0, 0, 0, 0, 0, 0,
        ]
        let content = Array("Exif\0\0".utf8) + tiff
        return jpeg.prefix(2) + [0xff, 0xe1, 0, UInt8(content.count + 2)] + content + jpeg.dropFirst(2)
    }

    /// A view of the coarse image shows the same as one of the full image, in the same place: with sizes that no scale divides, and
    /// rotated, when the excess part of a pixel comes first.
    @Test(arguments: 1...8, [2, 4, 8]) func everythingStaysInItsPlace(orientation: Int, reduction: Int) throws {
        let size = 40
        let jpeg = turned([UInt8](try waves(397, 261).jpegData(quality: 95)), by: orientation)
        let full = try ScaledImage(data: Data(jpeg), longerSide: .infinity)
        let coarse = try ScaledImage(data: Data(jpeg), longerSide: 397 / Double(reduction))
        #expect(coarse.reduction == reduction && (coarse.width, coarse.height) == (full.width, full.height))
        let swaps = orientation >= 5
        #expect((coarse.width, coarse.height) == (swaps ? (261, 397) : (397, 261)))
        for (centerX, centerY, flipped) in [(120.0, 110.0, false), (90, 150, true), (130, 130, false)] {
            let view = AffineMap<ImagePixels, InputPixels>.square(
                centerX: centerX, centerY: centerY, side: 130, inputSize: InputExtent(side: size), flipped: flipped)
            var (one, other) = (Tensor(uninitialized: [3, size, size]), Tensor(uninitialized: [3, size, size]))
            one.withMutableView { _ = full.draw(view, into: $0) }
            other.withMutableView { _ = coarse.draw(view, into: $0) }
            // The mean detects shifts: half a decoded pixel changes it by more than this. Smaller differences are rounding.
            var sums = [Double](repeating: 0, count: 3)
            for (index, (a, b)) in zip(one.elements, other.elements).enumerated() {
                #expect(abs(a - b) < 0.03)
                sums[index / (size * size)] += Double(b - a) / Double(size * size)
            }
            for sum in sums { #expect(abs(sum) < 0.0003 * Double(reduction), "\(sums)") }
        }
    }

    @Test func greyAndFourColoursScaleToo() throws {
        let codec = tjInitCompress()
        defer { tjDestroy(codec) }
        for (format, subsampling, channels) in [
            (TJPF_GRAY, TJSAMP_GRAY, 1), (TJPF_CMYK, TJSAMP_444, 4), (TJPF_RGB, TJSAMP_420, 3),
            (TJPF_RGB, TJSAMP_411, 3),
        ] {
            let samples = [UInt8](repeating: 200, count: 67 * 67 * channels)
            var target: UnsafeMutablePointer<UInt8>?
            var count: UInt = 0
            tjCompress2(
                codec, samples, 67, 0, 67, Int32(format.rawValue), &target, &count, Int32(subsampling.rawValue), 95, 0)
            defer { tjFree(target) }
            let data = Data(UnsafeBufferPointer(start: target, count: Int(count)))
            let (full, coarse) = (try Image(data: data), try ScaledImage(data: data, longerSide: 17).image)
            #expect((coarse.width, coarse.height) == (34, 34) || (coarse.width, coarse.height) == (17, 17))
            for (one, other) in zip(coarse.pixels, full.pixels) { #expect(abs(Int(one) - Int(other)) <= 2) }
        }
    }

    @Test func damageIsFoundAtEveryScale() throws {
        let bytes = [UInt8](try Image.noise(160, 120).jpegData())
        for longerSide in [160.0, 80, 40, 20] {
            #expect(throws: ImageError.truncated(path: "image")) {
                try ScaledImage(data: Data(bytes.dropLast(bytes.count / 3)), longerSide: longerSide)
            }
            let stray = Data(bytes.prefix(2) + [0, 0, 0, 0] + bytes.dropFirst(2))
            let clean = try ScaledImage(data: Data(bytes), longerSide: longerSide).image
            #expect(try ScaledImage(data: stray, longerSide: longerSide).image == clean)
        }
        var random = SeededGenerator(11)
        for _ in 0..<300 {
            var damaged = bytes
            for _ in 0..<3 { damaged[random.integer(in: 0...bytes.count - 1)] = UInt8(random.integer(in: 0...255)) }
            do throws(ImageError) {
                let image = try ScaledImage(data: Data(damaged), longerSide: 20)
                #expect(image.image.pixels.count == 3 * image.image.width * image.image.height)
            } catch { #expect(!error.description.isEmpty) }
        }
    }
}
