import Foundation
import Images
import Tensors

extension Image {
    /// Noise, in which every byte matters.
    static func noise(_ width: Int, _ height: Int, seed: UInt64 = 1) -> Image {
        var random = SeededGenerator(seed, width, height)
        return Image(
            width: width, height: height,
            pixels: (0..<3 * width * height).map { _ in UInt8(random.integer(in: 0...255)) })
    }

    /// Slow gradients without symmetry, which JPEG preserves almost exactly.
    static func gradient(_ width: Int, _ height: Int) -> Image {
        var image = Image(width: width, height: height, fill: (0, 0, 0))
        for y in 0..<height {
            for x in 0..<width {
                image[x, y] = (
                    UInt8(255 * x / max(1, width - 1)), UInt8(255 * y / max(1, height - 1)), UInt8(60 + 60 * x / width)
                )
            }
        }
        return image
    }

    /// The largest difference between any two bytes.
    func difference(to other: Image) -> Int {
        guard (width, height) == (other.width, other.height) else { return .max }
        return zip(pixels, other.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0
    }
}

/// A PNG of any kind, written byte for byte, without compression.
struct PNGBytes {
    var width, height, bitDepth, colorType: Int
    /// The rows as they are stored in the file.
    var rows: [[UInt8]]
    /// Chunks between the header and the data.
    var chunks: [(name: String, content: [UInt8])] = []

    var bytes: [UInt8] {
        let header = Self.bigEndian(width) + Self.bigEndian(height) + [UInt8(bitDepth), UInt8(colorType), 0, 0, 0]
        let raw: [UInt8] = rows.flatMap { row -> [UInt8] in [0] + row }
        let length: [UInt8] = [UInt8(raw.count & 255), UInt8(raw.count >> 8)]
        var stored: [UInt8] = [0x78, 0x01, 0x01]
        stored += length
        stored += length.map { ~$0 }
        stored += raw
        stored += Self.bigEndian(Self.adler(raw))
        var file: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
        file += Self.chunk("IHDR", header)
        for chunk in chunks { file += Self.chunk(chunk.name, chunk.content) }
        file += Self.chunk("IDAT", stored)
        return file + Self.chunk("IEND", [])
    }

    static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + content
        let checksum = ~body.reduce(UInt32.max) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { rest, _ in rest & 1 == 1 ? rest >> 1 ^ 0xedb8_8320 : rest >> 1 }
        }
        return bigEndian(content.count) + body + bigEndian(Int(checksum))
    }

    static func bigEndian(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(value >> $0 & 255) } }

    private static func adler(_ bytes: [UInt8]) -> Int {
        let (a, b) = bytes.reduce((1, 0)) { sums, byte in
            let a = (sums.0 + Int(byte)) % 65521
            return (a, (sums.1 + a) % 65521)
        }
        return b << 16 | a
    }
}

extension ImageHeader {
    var size: (Int, Int) { (width, height) }
}
