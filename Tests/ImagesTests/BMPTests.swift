import Foundation
import Images
import TestSupport
import Testing

@Suite struct BMPTests {
    private func image(_ bytes: [UInt8]) throws -> Image { try Image(data: Data(bytes)) }

    @Test func everyCutIsNamed() throws {
        var runs = BMPBytes(width: 5, height: 2, data: [5, 1, 0, 0, 0, 5, 1, 0, 1, 0, 1, 0, 0, 1])
        (runs.bitCount, runs.compression, runs.palette) = (8, 1, [UInt8](repeating: 7, count: 8))
        for bytes in [BMPBytes(.noise(4, 3)).bytes, runs.bytes] {
            _ = try image(bytes)
            // The last row's padding may be missing; with run lengths, so may the end marker, once all pixels are there.
            for length in 1..<bytes.count - 3 {
                #expect(throws: ImageError.truncated(path: "image"), "cut at \(length)") {
                    try image(Array(bytes.prefix(length)))
                }
            }
        }
        #expect(try image(BMPBytes(.noise(5, 3)).bytes.dropLast()) == .noise(5, 3))
    }

    @Test func absurdHeadersAreRefused() throws {
        var bitmap = BMPBytes(.noise(2, 2))
        (bitmap.width, bitmap.height) = (60_000, 60_000)
        #expect(throws: ImageError.tooLarge(path: "image", width: 60_000, height: 60_000)) { try image(bitmap.bytes) }
        (bitmap.width, bitmap.height) = (12_000, 12_000)
        #expect(throws: ImageError.truncated(path: "image")) { try image(bitmap.bytes) }
        for (width, height) in [(0, 2), (2, 0), (-2, 2), (Int(Int32.min), 2), (2, Int(Int32.min))] {
            (bitmap.width, bitmap.height) = (width, height)
            #expect(throws: ImageError.self) { try image(bitmap.bytes) }
        }
        bitmap = BMPBytes(.noise(2, 2))
        for (bits, compression) in [(0, 0), (7, 0), (64, 0), (24, 1), (8, 2), (24, 3), (8, 9), (24, 4), (24, 5)] {
            (bitmap.bitCount, bitmap.compression) = (bits, compression)
            #expect(throws: ImageError.self) { try image(bitmap.bytes) }
        }
    }

    @Test func numbersBeyondThePaletteAreBlack() throws {
        var bitmap = BMPBytes(width: 3, height: 1, data: [0, 1, 200, 0])
        (bitmap.bitCount, bitmap.palette, bitmap.colorCount) = (8, [1, 2, 3, 0, 4, 5, 6, 0], 2)
        #expect(try image(bitmap.bytes).pixels == [3, 2, 1, 6, 5, 4, 0, 0, 0])
        // More colours are claimed than there are before the pixels.
        bitmap.colorCount = 0
        #expect(try image(bitmap.bytes).pixels == [3, 2, 1, 6, 5, 4, 0, 0, 0])
    }

    @Test func runsEndAtTheImagesEdge() throws {
        var bitmap = BMPBytes(width: 3, height: 2, data: [])
        (bitmap.bitCount, bitmap.compression, bitmap.palette) = (8, 1, [0, 0, 0, 0, 9, 9, 9, 0])
        let full = [UInt8](repeating: 9, count: 9)
        for data: [UInt8] in [
            [255, 1, 0, 0, 255, 1, 0, 1], [3, 1, 0, 2, 0, 255, 9, 1, 0, 1], [255, 1, 0, 2, 255, 255, 5, 1],
        ] {
            bitmap.data = data
            #expect(try image(bitmap.bytes).pixels.suffix(9) == full[...])
        }
        bitmap.data = [2, 1, 0, 2, 200, 0, 4, 1, 0, 0, 1, 1, 0, 1]
        #expect(
            try image(bitmap.bytes).pixels == [9, 9, 9] + [UInt8](repeating: 0, count: 6) + full.prefix(6) + [0, 0, 0])
    }

    @Test func opacityOfNothingIsNone() throws {
        var bitmap = BMPBytes(width: 2, height: 1, data: [1, 2, 3, 0, 4, 5, 6, 0])
        bitmap.bitCount = 32
        #expect(try image(bitmap.bytes).pixels == [3, 2, 1, 6, 5, 4], "the fourth byte is padding")
        bitmap.compression = 6
        bitmap.masks = [0x00ff_0000, 0xff00, 0xff, 0xff00_0000].flatMap { little(UInt32($0)) }
        #expect(try image(bitmap.bytes).pixels == [3, 2, 1, 6, 5, 4], "opacity is zero everywhere")
        bitmap.data[3] = 255
        #expect(try image(bitmap.bytes).pixels == [3, 2, 1, 255, 255, 255])
    }

    @Test func careless() throws {
        var bitmap = BMPBytes(.noise(3, 2))
        bitmap.offset = 0
        #expect(try image(bitmap.bytes) == .noise(3, 2), "the stated pixel offset lies in the header")
        bitmap.offset = 1 << 31
        #expect(throws: ImageError.truncated(path: "image")) { try image(bitmap.bytes) }
        // As copied from memory or the clipboard, without the file header.
        #expect(try image(Array(BMPBytes(.noise(3, 2)).bytes.dropFirst(14))) == .noise(3, 2))
    }
}
