import Foundation
import Images
import TestSupport

extension FuzzedParser {
    /// Returns the reader of an image format. A few bytes may claim many pixels, so its memory is limited by the pixels.
    static func image(_ format: ImageFormat) -> FuzzedParser {
        FuzzedParser(
            name: format.name.lowercased(), examples: ("Tests/ImagesTests/Files", "." + format.canonicalExtension),
            // The file, the same without stray parts, and copies of both.
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

    /// The bytes that a decoder may take per pixel: progressive JPEGs' coefficients, WebP's predictors, a rotated copy.
    private static let bytesPerPixel = 32

    /// The most pixels that are decoded: more take time and find nothing new.
    private static let mostPixels = 1 << 20

    private static func pixelCount(_ url: URL) -> Int? {
        (try? ImageHeader(contentsOf: url)).map { $0.width * $0.height }
    }
}

extension FuzzedParser.Part {
    /// A PNG with corrected checksums: with wrong ones the reader would ignore every change.
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
