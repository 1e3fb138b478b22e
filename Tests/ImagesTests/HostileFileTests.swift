import Foundation
import Images
import Tensors
import TestSupport
import Testing

@Suite struct HostileFileTests {
    @Test func everyCutIsNamed() throws {
        let png = try Image.noise(9, 7).pngData()
        // Without its last chunk, of 12 bytes, a PNG is still complete.
        for length in 1..<png.count - 12 {
            #expect(throws: ImageError.truncated(path: "image")) { try Image(data: png.prefix(length)) }
        }
        // Fine detail, so that every part of the file affects the image.
        let jpeg = try Image.noise(33, 21).jpegData()
        // Without its end marker and the padding bits of its last byte, a JPEG is still complete.
        for length in 1..<jpeg.count - 3 {
            #expect(throws: ImageError.truncated(path: "image"), "cut at \(length) of \(jpeg.count)") {
                try Image(data: jpeg.prefix(length))
            }
        }
    }

    /// Damaged files give an error or another image, never anything else.
    @Test(arguments: 0..<8) func damageNeverTraps(seed: Int) throws {
        let folder = try TemporaryFolder()
        let sound = [
            try Image.noise(24, 16).pngData(), try Image.noise(24, 16).jpegData(),
            try Gray16Image(width: 16, height: 8, pixels: (0..<128).map { UInt16($0 * 500) }).pngData(),
        ]
        var random = SeededGenerator(99, seed)
        for data in sound {
            for _ in 0..<150 {
                var damaged = data
                for _ in 0..<random.integer(in: 1...4) {
                    // Headers are short, and most of what can go wrong is in them.
                    let reach = random.chance(0.5) ? min(64, data.count) : data.count
                    damaged[random.integer(in: 0...reach - 1)] = UInt8(random.integer(in: 0...255))
                }
                do throws(ImageError) {
                    let image = try Image(data: damaged)
                    #expect(image.pixels.count == 3 * image.width * image.height)
                } catch { #expect(!error.description.isEmpty) }
            }
            let file = try folder.write(data.prefix(random.integer(in: 1...data.count - 1)), to: "a.png")
            _ = try? ImageHeader(contentsOf: file)
            _ = try? Gray16Image(contentsOf: file)
        }
    }

    @Test func sizesAreCheckedBeforeAnythingIsAllocated() throws {
        let folder = try TemporaryFolder()
        let png = PNGBytes(width: 60_000, height: 60_000, bitDepth: 8, colorType: 2, rows: [[]]).bytes
        let file = try folder.write(png, to: "huge.png")
        let error = ImageError.tooLarge(path: file.path, width: 60_000, height: 60_000)
        #expect(throws: error) { try Image(contentsOf: file) }
        #expect(throws: error) { try ImageHeader(contentsOf: file) }
        #expect(throws: error) { try Gray16Image(contentsOf: file) }
        #expect(error.description.contains("60000 x 60000"))

        var jpeg = [UInt8](try Image.gradient(16, 16).jpegData())
        let frame = try #require(jpeg.indices.first { jpeg[$0] == 0xff && jpeg[$0 + 1] == 0xc0 })
        jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0xea, 0x60, 0xea, 0x60])
        #expect(throws: ImageError.tooLarge(path: "image", width: 60_000, height: 60_000)) {
            try Image(data: Data(jpeg))
        }
        // The largest size that is read, but the file cannot possibly contain that much.
        let claim = PNGBytes(width: 13_000, height: 13_000, bitDepth: 8, colorType: 2, rows: [[1, 2, 3]]).bytes
        #expect(throws: ImageError.truncated(path: "image")) { try Image(data: Data(claim)) }
        let extremes = PNGBytes(width: Int(UInt32.max), height: Int(UInt32.max), bitDepth: 16, colorType: 6, rows: [[]])
        #expect(throws: ImageError.self) { try Image(data: Data(extremes.bytes)) }
        let nothing = PNGBytes(width: 0, height: 5, bitDepth: 8, colorType: 2, rows: [[]])
        #expect(throws: ImageError.self) { try Image(data: Data(nothing.bytes)) }
    }

    @Test func whatIsNoImageIsNamed() throws {
        let folder = try TemporaryFolder()
        func expect(_ error: (String) -> ImageError, for file: URL) {
            #expect(throws: error(file.path)) { try Image(contentsOf: file) }
            #expect(throws: error(file.path)) { try ImageHeader(contentsOf: file) }
        }
        expect({ .notFound(path: $0) }, for: folder.file("nothing.png"))
        expect({ .isFolder(path: $0) }, for: folder.url)
        expect({ .empty(path: $0) }, for: try folder.write([], to: "empty.png"))
        expect({ .notAnImage(path: $0, found: "text") }, for: try folder.write("plain text".utf8, to: "text.png"))
        expect({ .notAnImage(path: $0, found: nil) }, for: try folder.write([1, 2, 3, 4], to: "bytes.png"))
        expect({ .notFound(path: $0) }, for: try folder.write([1], to: "file").appendingPathComponent("below.png"))
        // Reading must not wait for a pipe without a writer.
        #expect(mkfifo(folder.file("pipe").path, 0o600) == 0)
        expect({ .isNoFile(path: $0) }, for: folder.file("pipe"))
        let long = try folder.write([0xff, 0xd8], to: "long.jpg")
        #expect(truncate(long.path, 3 << 30) == 0)
        expect({ .fileTooLarge(path: $0, byteCount: 3 << 30) }, for: long)
    }

    @Test func whatCannotBeWrittenIsNamed() throws {
        let folder = try TemporaryFolder()
        let file = folder.file("no/such/folder.png")
        let error = #expect(throws: FileWriteError.self) { try Image.noise(2, 2).writePNG(to: file) }
        #expect(error?.description == "\(file.path) cannot be written: no such file or directory")
    }

    @Test func orientationsFromNowhereAreIgnored() throws {
        let jpeg = [UInt8](try Image.gradient(24, 16).jpegData())
        func size(_ tiff: [UInt8]) throws -> [Int] {
            let content = Array("Exif\0\0".utf8) + tiff
            let length = content.count + 2
            let image = try Image(
                data: Data(
                    jpeg.prefix(2) + [0xff, 0xe1, UInt8(length >> 8), UInt8(length & 255)] + content
                        + jpeg.dropFirst(2)))
            return [image.width, image.height]
        }
        let upright = [24, 16]
        let little: [UInt8] = [0x49, 0x49, 42, 0]
        #expect(try size([]) == upright)
        #expect(try size(little) == upright)
        for offset: [UInt8] in [[255, 255, 255, 255], [255, 255, 255, 127], [8, 0, 0, 0], [0, 0, 0, 0]] {
            #expect(try size(little + offset) == upright)
            #expect(try size(little + offset + [255, 255, 1, 2, 3]) == upright)
            #expect(try size([0x4d, 0x4d, 0, 42] + offset.reversed()) == upright)
        }
        var random = SeededGenerator(5)
        for _ in 0..<300 {
            let noise = (0..<random.integer(in: 0...60)).map { _ in UInt8(random.integer(in: 0...255)) }
            #expect([upright, [16, 24]].contains(try size(little + [8, 0, 0, 0] + noise)))
        }
    }
}
