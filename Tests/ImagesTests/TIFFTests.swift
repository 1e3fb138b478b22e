import Foundation
import Images
import TestSupport
import Testing

@Suite struct TIFFTests {
    private func image(_ bytes: [UInt8]) throws -> Image { try Image(data: Data(bytes)) }

    private func grays(_ file: TIFFBytes) throws -> [UInt8] {
        let pixels = try image(file.bytes).pixels
        return stride(from: 0, to: pixels.count, by: 3).map { pixels[$0] }
    }

    @Test func everyCutIsNamed() throws {
        var first = TIFFBytes(.noise(5, 3))
        for length in 1..<first.bytes.count - 4 {
            #expect(throws: ImageError.truncated(path: "image")) { try image(Array(first.bytes.prefix(length))) }
        }
        // The directory first, the pixels cut.
        first.set(273, first.bytes.count - 20)
        #expect(throws: ImageError.truncated(path: "image")) { try image(first.bytes) }
    }

    /// Black and white are taken from the range of the samples, whatever part of their type they use.
    @Test func wideGrayIsNotBlack() throws {
        func gray16(_ values: [UInt16]) throws -> [UInt8] {
            try grays(TIFFBytes(gray: values.flatMap { little($0) }, width: values.count, height: 1, bitCount: 16))
        }
        #expect(try gray16([0, 257, 65535, 32896]) == [0, 1, 255, 128])
        #expect(try gray16([0, 4095, 2048]) == [0, 255, 128], "12 bits")
        #expect(try gray16([0, 1023, 512]) == [0, 255, 128], "10 bits")
        #expect(try gray16([0, 255, 7]) == [0, 255, 7], "8 bits")
        #expect(try gray16([0, 0]) == [0, 0])
        func real(_ values: [Float]) throws -> [UInt8] {
            try grays(
                TIFFBytes(
                    gray: values.flatMap { little($0.bitPattern) }, width: values.count, height: 1, bitCount: 32,
                    format: 3))
        }
        #expect(try real([0, 0.5, 1]) == [0, 128, 255])
        #expect(try real([0, 100, 200]) == [0, 100, 200])
        #expect(try real([-1000, 0, 1000]) == [0, 128, 255])
        #expect(try real([.nan, 0, 1, .infinity]) == [0, 0, 255, 255])
        #expect(try real([.nan, .nan]) == [0, 0])
        #expect(try real([-7, -7]) == [0, 0])
        let signed = TIFFBytes(
            gray: [-100, 0, 100].flatMap { little(Int16($0)) }, width: 3, height: 1, bitCount: 16, format: 2)
        #expect(try grays(signed) == [0, 128, 255])
        #expect(try grays(TIFFBytes(gray: [0x1b], width: 4, height: 1, bitCount: 2)) == [0, 85, 170, 255])
        #expect(
            try grays(TIFFBytes(gray: [0x1b], width: 4, height: 1, bitCount: 2, photometric: 0)) == [255, 170, 85, 0])
        // 12 bits, packed.
        #expect(try grays(TIFFBytes(gray: [0xff, 0xf0, 0x00], width: 2, height: 1, bitCount: 12)) == [255, 0])
    }

    @Test(arguments: 1...8) func imagesAreTurnedUpright(orientation: Int) throws {
        var file = TIFFBytes(.noise(5, 3))
        file.entries.append((274, 3, 1, orientation))
        let jpeg = try Image.noise(5, 3).pngData()
        let turned = [UInt8](jpeg.prefix(33)) + PNGBytes.chunk("eXIf", EXIFBytes.tiff(orientation)) + jpeg.dropFirst(33)
        let seen = try image(file.bytes)
        #expect(seen == (try image(turned)))
        #expect((seen.width, seen.height) == (orientation < 5 ? (5, 3) : (3, 5)))
    }

    @Test func absurdEntriesAreRefused() throws {
        func expectError(_ change: (inout TIFFBytes) -> Void) {
            var file = TIFFBytes(.noise(5, 3))
            change(&file)
            #expect(throws: ImageError.self) { try image(file.bytes) }
        }
        for extent in [0, 1 << 31, (1 << 32) - 1] {
            expectError { $0.set(256, extent) }
            expectError { $0.set(257, extent) }
        }
        expectError { $0.set(273, 1 << 31) }
        expectError { $0.set(277, 65535) }
        expectError { $0.set(258, 1 << 31) }
        expectError { $0.set(259, 12345) }
        expectError { $0.directory = 0 }
        expectError { $0.directory = Int(UInt32.max) }
        // Billions of strips.
        expectError { file in
            file.entries = file.entries.map { [273, 279].contains($0.tag) ? ($0.tag, 4, 1 << 30, 8) : $0 }
        }
        // Tiles that are larger than any image.
        expectError { file in
            file.entries += [(322, 4, 1, 1 << 20), (323, 4, 1, 1 << 20), (324, 4, 1, 8), (325, 4, 1, 45)]
        }
        expectError { file in file.entries += [(322, 4, 1, 0), (323, 4, 1, 16), (324, 4, 1, 8), (325, 4, 1, 45)] }
        // An invalid palette.
        var file = TIFFBytes(gray: [0x12, 0x34], width: 3, height: 1, bitCount: 4, photometric: 3)
        #expect(throws: ImageError.self) { try image(file.bytes) }
        file.set(256, 13_000)
        file.set(257, 13_000)
        #expect(throws: ImageError.self) { try image(file.bytes) }
    }

    /// A directory that is its own successor, and one that refers to itself among its values.
    @Test func directoriesMayGoRoundInCircles() throws {
        var bytes = TIFFBytes(.noise(4, 3)).bytes
        bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: bytes[4..<8])
        #expect(try image(bytes) == .noise(4, 3))
        var file = TIFFBytes(.noise(4, 3))
        file.entries.append((330, 4, 1, 8 + file.data.count))
        #expect(try image(file.bytes) == .noise(4, 3))
    }
}
