import Foundation
import Images
import JSON
import Synchronization
import Tensors
import TestSupport
import Testing

/// The tiny files of `Files`, of every format and kind.
enum ExampleFiles {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Files")

    /// Their names.
    static let names: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0 != "pixels.json" }
        .sorted()

    static func file(_ name: String) -> URL { folder.appendingPathComponent(name) }

    static func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: file(name))) }

    static func format(_ name: String) throws -> ImageFormat { try #require(ImageFormat(named: name)) }
}

@Suite struct FormatTests {
    @Test func theTableNamesEveryExtensionOnce() {
        #expect(
            ImageFormat.allExtensions == [
                "jpg", "jpeg", "jpe", "jfif", "jif", "png", "bmp", "dib", "tif", "tiff", "webp", "gif",
            ])
        #expect(Set(ImageFormat.allExtensions).count == ImageFormat.allExtensions.count)
        #expect(ImageFormat.list == "JPEG, PNG, BMP, TIFF, WebP and GIF")
        for format in ImageFormat.allCases {
            #expect(format.extensions.first == format.canonicalExtension)
            for ending in format.extensions { #expect(ImageFormat(named: "a.b.\(ending.uppercased())") == format) }
        }
        for name in ["", "png", ".png", "a.", "a.txt", "a.png.xml"] { #expect(ImageFormat(named: name) == nil) }
        for format in ImageFormat.allCases { #expect(ExampleFiles.names.contains { ImageFormat(named: $0) == format }) }
    }

    /// Compares with pixels computed by Pillow and NumPy; see `Tools/Goldens/images.py`.
    @Test(arguments: ExampleFiles.names) func pixelsAreThoseThatOthersSee(name: String) throws {
        let golden = try JSONValue(contentsOf: ExampleFiles.file("pixels.json"))[name]
        let header = try ImageHeader(contentsOf: ExampleFiles.file(name))
        let (image, remark) = try Image.decode(contentsOf: ExampleFiles.file(name))
        #expect(header.format == (try ExampleFiles.format(name)))
        #expect(remark == nil)
        #expect((header.width, header.height) == (image.width, image.height))
        let expected = Image(
            width: try golden["width"].integer(), height: try golden["height"].integer(),
            pixels: [UInt8](try #require(Data(base64Encoded: try golden["pixels"].string()))))
        #expect(image.difference(to: expected) <= tolerance(name))
        #expect(header.orientation.value == (name.hasPrefix("turned") ? 6 : 1))
    }

    /// Decoders of lossy formats differ in their last bits.
    private func tolerance(_ name: String) -> Int {
        switch name {
        case "jpeg.tif", "alpha.webp", "lossy.webp", "555-top-down.bmp", "565.bmp": 2
        default: name.hasSuffix(".jpg") ? 2 : 0
        }
    }

    @Test func theSameImageIsTheSameInEveryLosslessFormat() throws {
        for (width, height) in [(1, 1), (17, 5), (64, 33)] {
            // Few colours, so that palettes hold it.
            var image = Image(width: width, height: height, fill: (9, 200, 77))
            for y in 0..<height {
                for x in 0..<width where (x * 7 + y * 3) % 5 > 1 {
                    image[x, y] = (UInt8(x % 4 * 60), UInt8(y % 5 * 50), 3)
                }
            }
            #expect(try Image(data: image.pngData()) == image)
            #expect(try Image(data: Data(BMPBytes(image).bytes)) == image)
            #expect(try Image(data: Data(TIFFBytes(image).bytes)) == image)
            #expect(try Image(data: Data(GIFBytes(image).bytes)) == image)
            #expect(try Image(data: Data(try webP(image))) == image)
        }
    }

    @Test func manyThreadsDecodeAtOnce() throws {
        let names = ExampleFiles.names
        let expected = try names.map { try Image(contentsOf: ExampleFiles.file($0)) }
        let wrong = Mutex<Set<String>>([])
        Parallel.forEach(names.count * 20) { index, _ in
            let place = index % names.count
            let image = try? Image(contentsOf: ExampleFiles.file(names[place]))
            if image != expected[place] { _ = wrong.withLock { $0.insert(names[place]) } }
        }
        #expect(wrong.withLock { $0 }.isEmpty)
    }

    /// A header is read without the pixels, wherever it is in the file.
    @Test func headersAreReadFromFilesAsFromMemory() throws {
        let folder = try TemporaryFolder()
        // The directory comes after the pixels, and beyond what is read first.
        let tiff = try folder.write(TIFFBytes(.noise(90, 50)).bytes, to: "a.tif")
        #expect(try ImageHeader(contentsOf: tiff).size == (90, 50))
        // Comments of many kilobytes before the first frame.
        var gif = GIFBytes(Image(width: 6, height: 4, fill: (1, 2, 3)))
        gif.extensions = (0..<40).flatMap { _ in [0x21, 0xfe, 255] + [UInt8](repeating: 65, count: 255) + [0] }
        #expect(try ImageHeader(contentsOf: folder.write(gif.bytes, to: "a.gif")).size == (6, 4))
        // EXIF after the pixels.
        let png = [UInt8](try Image.noise(70, 60).pngData())
        let late = png.dropLast(12) + PNGBytes.chunk("eXIf", EXIFBytes.tiff(6)) + png.suffix(12)
        let file = try folder.write(late, to: "a.png")
        #expect(try ImageHeader(contentsOf: file).size == (60, 70))
        #expect(try Image(contentsOf: file).width == 60)
    }
}
