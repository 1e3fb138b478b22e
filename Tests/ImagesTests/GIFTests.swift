import Foundation
import Images
import Testing

@Suite struct GIFTests {
    private func image(_ bytes: [UInt8]) throws -> Image { try Image(data: Data(bytes)) }

    private var small: Image {
        Image(width: 3, height: 2, pixels: [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 1, 2, 3, 4, 5, 6])
    }

    @Test func everyCutIsNamed() throws {
        let bytes = GIFBytes(small).bytes
        // The pixels end with a code, an empty block and the file's end.
        for length in 1..<bytes.count - 3 {
            #expect(throws: ImageError.truncated(path: "image"), "cut at \(length) of \(bytes.count)") {
                try image(Array(bytes.prefix(length)))
            }
        }
        #expect(try image(bytes.dropLast()) == small)
        #expect(try image(bytes.dropLast(2)) == small)
    }

    @Test func framesMayLieAnywhere() throws {
        var file = GIFBytes(small)
        file.screen = (5, 4)
        (file.frame.x, file.frame.y) = (1, 2)
        var expected = Image(width: 5, height: 4, fill: (255, 255, 255))
        for y in 0..<2 { for x in 0..<3 { expected[x + 1, y + 2] = small[x, y] } }
        #expect(try image(file.bytes) == expected)
        // Browsers enlarge a screen that the first frame exceeds.
        file.screen = (2, 1)
        (file.frame.x, file.frame.y) = (0, 0)
        #expect(try image(file.bytes) == small)
        file.screen = (0, 0)
        #expect(try image(file.bytes) == small)
        (file.frame.x, file.frame.y) = (60_000, 60_000)
        #expect(throws: ImageError.tooLarge(path: "image", width: 60_003, height: 60_002)) { try image(file.bytes) }
    }

    @Test func numbersBeyondThePaletteAreBlack() throws {
        var file = GIFBytes(small)
        file.indices[5] = 127
        file.palette.removeLast(3 * 64)
        let bytes = file.bytes
        var short = bytes
        // A palette of 64 colours.
        short[10] = 0xf5
        var expected = small
        expected[2, 1] = (0, 0, 0)
        #expect(try image(short) == expected)
    }

    @Test func whatIsTransparentIsWhite() throws {
        var file = GIFBytes(small)
        file.extensions = [0x21, 0xf9, 4, 1, 0, 0, 2, 0]
        var expected = small
        expected[2, 0] = (255, 255, 255)
        #expect(try image(file.bytes) == expected)
        file.extensions[6] = 255
        #expect(try image(file.bytes) == small)
    }

    @Test func filesWithoutAFrameAreRefused() throws {
        var bytes = GIFBytes(small).bytes
        bytes.replaceSubrange(13 + 3 * 128..<bytes.count, with: [0x3b])
        #expect(throws: ImageError.corrupt(path: "image", reason: "it has no frame")) { try image(bytes) }
        var file = GIFBytes(small)
        (file.frame.width, file.indices) = (0, [])
        #expect(throws: ImageError.self) { try image(file.bytes) }
        // Neither the screen nor the frame has colours.
        var colorless = GIFBytes(small)
        colorless.palette = []
        var plain = colorless.bytes
        plain[10] = 0
        #expect(throws: ImageError.corrupt(path: "image", reason: "it has no palette")) { try image(plain) }
    }
}
