import CWebP
import Foundation
import Images
import TestSupport

/// A BMP of 24 bits, or of any other kind after its parts are changed.
struct BMPBytes {
    var width, height: Int
    var bitCount = 24
    var compression = 0
    var palette: [UInt8] = []
    var masks: [UInt8] = []
    /// The bottom row first, padded to four bytes.
    var data: [UInt8]
    /// The offset of the pixels according to the header; by default the actual one.
    var offset: Int?
    /// How many colours the header claims.
    var colorCount = 0

    init(width: Int, height: Int, data: [UInt8]) { (self.width, self.height, self.data) = (width, height, data) }

    init(_ image: Image) {
        (width, height, data) = (image.width, image.height, [])
        for y in (0..<height).reversed() {
            for x in 0..<width {
                let pixel = image[x, y]
                data += [pixel.b, pixel.g, pixel.r]
            }
            while data.count % 4 != 0 { data.append(0) }
        }
    }

    var bytes: [UInt8] {
        var header =
            little(UInt32(40)) + little(Int32(truncatingIfNeeded: width)) + little(Int32(truncatingIfNeeded: height))
        header +=
            little(UInt16(1)) + little(UInt16(bitCount)) + little(UInt32(compression)) + little(UInt32(data.count))
        header += little(UInt64(0)) + little(UInt32(colorCount)) + little(UInt32(0))
        let start = 14 + header.count + masks.count + palette.count
        let file = Array("BM".utf8) + little(UInt32(start + data.count)) + little(UInt32(0))
        return file + little(UInt32(offset ?? start)) + header + masks + palette + data
    }
}

/// An uncompressed TIFF of one strip, its directory last; any other kind after its entries are changed.
struct TIFFBytes {
    /// Tag, type, count, and the value or its offset.
    var entries: [(tag: Int, type: Int, count: Int, value: Int)]
    var data: [UInt8]
    /// The offset of the directory according to the header; by default the actual one.
    var directory: Int?

    init(_ image: Image) {
        data = image.pixels
        // Three numbers do not fit into an entry.
        let bits = 8 + data.count
        data += little(UInt16(8)) + little(UInt16(8)) + little(UInt16(8))
        entries = [
            (256, 4, 1, image.width), (257, 4, 1, image.height), (258, 3, 3, bits), (259, 3, 1, 1), (262, 3, 1, 2),
            (273, 4, 1, 8), (277, 3, 1, 3), (278, 4, 1, image.height), (279, 4, 1, image.pixels.count),
        ]
    }

    /// Grey with one sample per pixel.
    init(gray data: [UInt8], width: Int, height: Int, bitCount: Int, format: Int = 1, photometric: Int = 1) {
        self.data = data
        entries = [
            (256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, bitCount), (259, 3, 1, 1), (262, 3, 1, photometric),
            (273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, data.count), (339, 3, 1, format),
        ]
    }

    mutating func set(_ tag: Int, _ value: Int) {
        for index in entries.indices where entries[index].tag == tag { entries[index].value = value }
    }

    var bytes: [UInt8] {
        let padding = data.count & 1
        let start = directory ?? 8 + data.count + padding
        var file: [UInt8] = [0x49, 0x49, 42, 0] + little(UInt32(start)) + data + [UInt8](repeating: 0, count: padding)
        file += little(UInt16(entries.count))
        for entry in entries.sorted(by: { $0.tag < $1.tag }) {
            file +=
                little(UInt16(entry.tag)) + little(UInt16(entry.type)) + little(UInt32(truncatingIfNeeded: entry.count))
            file += little(UInt32(truncatingIfNeeded: entry.value))
        }
        return file + little(UInt32(0))
    }
}

/// A GIF of up to 100 colours whose pixels are not compressed: a code of eight bits each, since the table is cleared before it grows.
struct GIFBytes {
    var screen: (width: Int, height: Int)
    var frame: (x: Int, y: Int, width: Int, height: Int)
    var palette: [UInt8] = []
    var indices: [UInt8] = []
    var extensions: [UInt8] = []
    var end: [UInt8] = [0x3b]

    init(_ image: Image) {
        screen = (image.width, image.height)
        frame = (0, 0, image.width, image.height)
        var numbers: [[UInt8]: UInt8] = [:]
        for start in stride(from: 0, to: image.pixels.count, by: 3) {
            let color = Array(image.pixels[start..<start + 3])
            if numbers[color] == nil {
                numbers[color] = UInt8(numbers.count)
                palette += color
            }
            indices.append(numbers[color] ?? 0)
        }
        palette += [UInt8](repeating: 0, count: 3 * 128 - palette.count)
    }

    var bytes: [UInt8] {
        func words(_ numbers: Int...) -> [UInt8] { numbers.flatMap { little(UInt16($0)) } }
        var file = Array("GIF89a".utf8) + words(screen.width, screen.height) + [0xf6, 0, 0] + palette + extensions
        file += [0x2c] + words(frame.x, frame.y, frame.width, frame.height) + [0, 7]
        for start in stride(from: 0, to: indices.count, by: 100) {
            let part = indices[start..<min(start + 100, indices.count)]
            let isLast = start + 100 >= indices.count
            file += [UInt8(part.count + (isLast ? 2 : 1)), 0x80] + part + (isLast ? [0x81] : [])
        }
        return file + [0] + end
    }
}

/// EXIF data with an orientation and nothing else.
enum EXIFBytes {
    static func tiff(_ orientation: Int) -> [UInt8] {
        [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, UInt8(orientation), 0, 0, 0, 0, 0, 0, 0]
    }
}

/// A lossless WebP, by the library's own encoder.
func webP(_ image: Image) throws -> [UInt8] {
    var target: UnsafeMutablePointer<UInt8>?
    let count = WebPEncodeLosslessRGB(
        image.pixels, Int32(image.width), Int32(image.height), Int32(3 * image.width), &target)
    defer { WebPFree(target) }
    return Array(UnsafeBufferPointer(start: target, count: count))
}
