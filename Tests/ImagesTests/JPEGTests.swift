import CTurboJPEG
import Foundation
import Images
import TestSupport
import Testing

@Suite struct JPEGTests {
    @Test(arguments: [(1, 1), (16, 16), (97, 61)], [75, 90])
    func gradientsComeBackNearly(size: (Int, Int), quality: Int) throws {
        let image = Image.gradient(size.0, size.1)
        let folder = try TemporaryFolder()
        try image.writeJPEG(to: folder.file("a.png"), quality: quality)
        #expect(try Image(contentsOf: folder.file("a.png")).difference(to: image) <= (quality < 90 ? 24 : 10))
        #expect(try ImageHeader(contentsOf: folder.file("a.png")).size == size)
    }

    /// Encodes with the library directly, for kinds of JPEG that this module never writes.
    private func encode(_ samples: [UInt8], side: Int32, format: TJPF, subsampling: TJSAMP) -> [UInt8] {
        let codec = tjInitCompress()
        defer { tjDestroy(codec) }
        var target: UnsafeMutablePointer<UInt8>?
        var count: UInt = 0
        tjCompress2(
            codec, samples, side, 0, side, Int32(format.rawValue), &target, &count, Int32(subsampling.rawValue), 95, 0)
        defer { tjFree(target) }
        return Array(UnsafeBufferPointer(start: target, count: Int(count)))
    }

    @Test func grayBecomesColour() throws {
        let samples = (0..<256).map { UInt8($0 / 16 * 16) }
        let image = try Image(data: Data(encode(samples, side: 16, format: TJPF_GRAY, subsampling: TJSAMP_GRAY)))
        for (index, sample) in samples.enumerated() {
            for channel in 0..<3 { #expect(abs(Int(image.pixels[3 * index + channel]) - Int(sample)) <= 2) }
        }
    }

    @Test func fourColoursBecomeThree() throws {
        // Stored inverted: 255 is no ink. Without black, the rest is red, green and blue.
        func seen(_ stored: [UInt8]) throws -> (r: UInt8, g: UInt8, b: UInt8) {
            let samples = (0..<256).flatMap { _ in stored }
            let bytes = encode(samples, side: 16, format: TJPF_CMYK, subsampling: TJSAMP_444)
            return try Image(data: Data(bytes))[8, 8]
        }
        let colours: [(stored: [UInt8], expected: [Int])] = [
            ([255, 255, 255, 255], [255, 255, 255]), ([255, 255, 255, 0], [0, 0, 0]),
            ([200, 100, 50, 255], [200, 100, 50]), ([200, 100, 50, 128], [100, 50, 25]),
        ]
        for (stored, expected) in colours {
            let color = try seen(stored)
            for (value, wanted) in zip([color.r, color.g, color.b], expected) { #expect(abs(Int(value) - wanted) <= 3) }
        }
    }

    private func with(segment marker: UInt8, _ content: [UInt8], in jpeg: [UInt8]) -> [UInt8] {
        let length = content.count + 2
        return jpeg.prefix(2) + [0xff, marker, UInt8(length >> 8), UInt8(length & 255)] + content + jpeg.dropFirst(2)
    }

    private func exif(_ orientation: Int, isLittle: Bool) -> [UInt8] {
        let value = UInt8(orientation)
        let tiff: [UInt8] =
            isLittle
            ? [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, value, 0, 0, 0, 0, 0, 0, 0]
            : [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, value, 0, 0, 0, 0, 0, 0]
        return Array("Exif\0\0".utf8) + tiff
    }

    /// Where a stored pixel is displayed according to EXIF.
    private func place(_ x: Int, _ y: Int, of image: Image, orientation: Int) -> (x: Int, y: Int) {
        let (right, bottom) = (image.width - 1, image.height - 1)
        return switch orientation {
        case 2: (right - x, y)
        case 3: (right - x, bottom - y)
        case 4: (x, bottom - y)
        case 5: (y, x)
        case 6: (bottom - y, x)
        case 7: (bottom - y, right - x)
        case 8: (y, right - x)
        default: (x, y)
        }
    }

    @Test(arguments: 0...9, [true, false])
    func imagesAreTurnedUpright(orientation: Int, isLittle: Bool) throws {
        let folder = try TemporaryFolder()
        let plain = [UInt8](try Image.gradient(40, 24).jpegData())
        let stored = try Image(data: Data(plain))
        // Another program's segment, and fill bytes, may come before.
        let turned = with(
            segment: 0xe1, Array("http://ns.adobe.com/xap".utf8),
            in: with(
                segment: 0xe1, exif(orientation, isLittle: isLittle), in: plain))
        let file = try folder.write(turned.prefix(2) + [0xff, 0xff] + turned.dropFirst(2), to: "a.jpg")
        let seen = try Image(contentsOf: file)
        #expect(try ImageHeader(contentsOf: file).size == (seen.width, seen.height))
        #expect((seen.width, seen.height) == ((5...8).contains(orientation) ? (24, 40) : (40, 24)))
        for y in 0..<24 {
            for x in 0..<40 {
                let place = place(x, y, of: stored, orientation: orientation)
                #expect(seen[place.x, place.y] == stored[x, y])
            }
        }
    }

    @Test func sizesAreFoundBehindLargeHeaders() throws {
        let folder = try TemporaryFolder()
        var bytes = [UInt8](try Image.gradient(40, 24).jpegData())
        for _ in 0..<6 { bytes = with(segment: 0xe2, [UInt8](repeating: 7, count: 65_000), in: bytes) }
        #expect(try ImageHeader(contentsOf: folder.write(bytes, to: "a.jpg")).size == (40, 24))
    }

    /// Some cameras and programs leave stray bytes behind, and every viewer accepts them.
    @Test func strayBytesAreLetPass() throws {
        let bytes = [UInt8](try Image.gradient(40, 24).jpegData())
        let image = try Image(data: Data(bytes))
        #expect(try Image(data: Data(bytes + [UInt8](repeating: 0, count: 5000))) == image)
        #expect(try Image(data: Data(bytes.dropLast(2) + [1, 2, 3, 4, 5, 0xff, 0xd9])) == image)
        #expect(try Image(data: Data(bytes.prefix(2) + [0, 0, 0, 0] + bytes.dropFirst(2))) == image)
        #expect(throws: ImageError.truncated(path: "image")) {
            try Image(data: Data((bytes.prefix(2) + [0, 0, 0, 0] + bytes.dropFirst(2)).dropLast(30)))
        }
    }

    @Test func imagesTooLargeForJPEGAreRefused() {
        #expect(throws: ImageError.self) { try Image(width: 70_000, height: 1, fill: (1, 2, 3)).jpegData() }
    }
}
