import CWebP
import Foundation
import Images
import TestSupport
import Testing

@Suite struct WebPTests {
    private func image(_ bytes: [UInt8]) throws -> Image { try Image(data: Data(bytes)) }

    @Test func everyCutIsNamed() throws {
        for name in ["lossless.webp", "lossy.webp", "alpha.webp", "lossless-alpha.webp", "moving.webp"] {
            let bytes = try ExampleFiles.bytes(name)
            // Some files are padded to two bytes; of an animation, the second frame is not read.
            for length in 1..<(name == "moving.webp" ? 60 : bytes.count - 1) {
                #expect(throws: ImageError.truncated(path: "image"), "\(name) cut at \(length)") {
                    try image(Array(bytes.prefix(length)))
                }
            }
        }
    }

    @Test func absurdExtentsAreRefused() throws {
        var bytes = try ExampleFiles.bytes("alpha.webp")
        #expect(bytes[12..<16].elementsEqual("VP8X".utf8))
        bytes.replaceSubrange(24..<30, with: [UInt8](repeating: 255, count: 6))
        #expect(throws: ImageError.tooLarge(path: "image", width: 1 << 24, height: 1 << 24)) { try image(bytes) }
        bytes = try ExampleFiles.bytes("lossless.webp")
        bytes.replaceSubrange(21..<25, with: [255, 255, 255, 15])
        #expect(throws: ImageError.tooLarge(path: "image", width: 16_384, height: 16_384)) { try image(bytes) }
        // A frame that does not fit on its canvas.
        bytes = try ExampleFiles.bytes("moving.webp")
        bytes.replaceSubrange(24..<30, with: [1, 0, 0, 1, 0, 0])
        #expect(throws: ImageError.self) { try image(bytes) }
    }

    /// With and without the prefix that EXIF has in JPEG files.
    @Test(arguments: [true, false]) func imagesAreTurnedUpright(hasPrefix: Bool) throws {
        let stored = Image.noise(9, 6)
        let simple = try webP(stored)
        let exif = (hasPrefix ? Array("Exif\0\0".utf8) : []) + EXIFBytes.tiff(6)
        var body = Array("WEBPVP8X".utf8) + little(UInt32(10)) + [8, 0, 0, 0, 8, 0, 0, 5, 0, 0] + simple.dropFirst(12)
        body += Array("EXIF".utf8) + little(UInt32(exif.count)) + exif
        let seen = try image(Array("RIFF".utf8) + little(UInt32(body.count)) + body)
        #expect((seen.width, seen.height) == (6, 9))
        #expect(seen[5, 0] == stored[0, 0])
    }
}
