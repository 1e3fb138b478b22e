import Foundation
import Images
import TestSupport
import Testing

/// JPEGs whose end is unusual although their pixels are complete, and others that only look that way.
@Suite struct JPEGEndTests {
    private func decode(_ bytes: [UInt8]) throws -> (image: Image, remark: ImageWarning?) {
        let folder = try TemporaryFolder()
        return try Image.decode(contentsOf: folder.write(bytes, to: "a.jpg"))
    }

    private var noise: [UInt8] { (0..<3000).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 31 >> 3) } }

    @Test(arguments: ["colour.jpg", "progressive.jpg", "gray.jpg", "cmyk.jpg", "restarts.jpg"])
    func wholePixelsAreUsed(name: String) throws {
        let bytes = try ExampleFiles.bytes(name)
        let whole = try Image(data: Data(bytes))
        for rest in [[], [0xff], [0, 0, 0, 0], noise] {
            let (image, remark) = try decode(bytes.dropLast(2) + rest)
            #expect(image == whole && remark == .missingEnd, "\(rest.count) bytes")
        }
        for rest in [[0], noise, bytes] {
            let (image, remark) = try decode(bytes + rest)
            #expect(image == whole && remark == nil)
        }
        let (image, remark) = try decode(bytes.prefix(2) + [7, 7, 7] + bytes.dropFirst(2))
        #expect(image == whole && remark == .strayBytes)
    }

    @Test(arguments: ["colour.jpg", "progressive.jpg", "restarts.jpg"]) func cutPixelsAreNot(name: String) throws {
        let bytes = try ExampleFiles.bytes(name)
        for cut in [4, 8, 20, 40] {
            for rest: [UInt8] in [[], [0xff, 0xd9]] {
                #expect(throws: ImageError.self, "\(cut)") { try decode(bytes.dropLast(cut + 2) + rest) }
            }
        }
    }

    /// Progressive files that end between two scans give no warning.
    @Test func wholeScansMayBeMissing() throws {
        let bytes = try ExampleFiles.bytes("progressive.jpg")
        let scans = bytes.indices.dropLast().filter { bytes[$0] == 0xff && bytes[$0 + 1] == 0xda }
        #expect(scans.count > 3)
        for scan in scans {
            #expect(throws: ImageError.self) { try decode(Array(bytes.prefix(scan))) }
        }
    }
}
