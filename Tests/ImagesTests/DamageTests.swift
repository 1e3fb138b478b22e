import Foundation
import Images
import Tensors
import TestSupport
import Testing

/// Slightly damaged files: they give an error or an image, never anything else.
@Suite struct DamageTests {
    /// Reads a file: errors have a description, and headers agree with images.
    private func read(_ bytes: [UInt8], _ file: URL) throws {
        try Data(bytes).write(to: file)
        var header: ImageHeader?
        do throws(ImageError) { header = try ImageHeader(contentsOf: file) } catch {
            #expect(!error.description.isEmpty)
        }
        do throws(ImageError) {
            let image = try Image(contentsOf: file)
            #expect(image.pixels.count == 3 * image.width * image.height)
            #expect(header?.width == image.width && header?.height == image.height)
        } catch { #expect(!error.description.isEmpty) }
    }

    @Test(arguments: ExampleFiles.names) func everyCutIsAnErrorOrAnImage(name: String) throws {
        let folder = try TemporaryFolder()
        let bytes = try ExampleFiles.bytes(name)
        for length in 0..<bytes.count { try read(Array(bytes.prefix(length)), folder.file("a")) }
    }

    @Test(arguments: ExampleFiles.names) func changedBytesNeverTrap(name: String) throws {
        let folder = try TemporaryFolder()
        let bytes = try ExampleFiles.bytes(name)
        var random = SeededGenerator(7, bytes.count)
        for _ in 0..<150 {
            var damaged = bytes
            for _ in 0..<random.integer(in: 1...3) {
                let reach = random.chance(0.5) ? min(64, bytes.count) : bytes.count
                damaged[random.integer(in: 0...reach - 1)] = UInt8(random.integer(in: 0...255))
            }
            // Extents of many megapixels cost time and show nothing.
            try Data(damaged).write(to: folder.file("a"))
            if let header = try? ImageHeader(contentsOf: folder.file("a")), header.width * header.height > 1 << 20 {
                continue
            }
            try read(damaged, folder.file("a"))
        }
    }
}
