import Foundation
import Images
import TestSupport

extension FuzzedParser {
    /// An image's reader. A few bytes may claim many pixels, so its memory is bounded by those.
    static func image(_ format: ImageFormat) -> FuzzedParser {
        FuzzedParser(
            name: format.name.lowercased(), examples: ("Tests/ImagesTests/Files", "." + format.canonicalExtension),
            // The file, what is left of it without stray parts, and copies of both.
            memoryFactor: 16,
            claim: { url in bytesPerPixel * min(mostPixels, pixelCount(url) ?? 0) },
            words: [
                "IHDR", "PLTE", "tRNS", "eXIf", "acTL", "IDAT", "IEND", "VP8X", "VP8L", "VP8 ", "ANMF", "ALPH", "EXIF",
            ],
            part: format == .png ? .checkedChunks : nil
        ) { url in
            let header = try ImageHeader(contentsOf: url)
            if header.width * header.height > mostPixels { return "large" }
            let (image, remark) = try Image.decode(contentsOf: url)
            precondition(
                (image.width, image.height) == (header.width, header.height),
                "\(image.width) x \(image.height) pixels, and the header says \(header.width) x \(header.height)")
            return "\(header.format) \(header.orientation.value) \(remark.map { "\($0)" } ?? "")"
        }
    }

    /// What a decoder may take for each pixel: progressive JPEGs' coefficients, WebP's predictors, a copy that is turned.
    private static let bytesPerPixel = 32

    /// More are not decoded: they take time and show nothing.
    private static let mostPixels = 1 << 20

    private static func pixelCount(_ url: URL) -> Int? {
        (try? ImageHeader(contentsOf: url)).map { $0.width * $0.height }
    }
}

extension FuzzedParser.Part {
    /// A PNG whose checksums are made to fit: otherwise no change would be looked at.
    fileprivate static let checkedChunks = Self(extract: { $0 }) { file in
        var bytes = file
        var position = 8
        while position + 12 <= bytes.count {
            let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            let end = position + 8 + length
            guard end + 4 <= bytes.count else { break }
            let sum = bytes[position + 4..<end].reduce(UInt32.max) { sum, byte in
                (0..<8).reduce(sum ^ UInt32(byte)) { rest, _ in rest & 1 == 1 ? rest >> 1 ^ 0xedb8_8320 : rest >> 1 }
            }
            for index in 0..<4 { bytes[end + index] = UInt8(truncatingIfNeeded: ~sum >> UInt32(24 - 8 * index)) }
            position = end + 4
        }
        return bytes
    }
}
