/// The size and orientation in a WebP's chunks.
///
/// Source: WebP Container Specification, Google; RFC 6386, section 9.1, for lossy images.
struct WebPHeader {
    private(set) var stored = StoredHeader(width: 0, height: 0)

    init(_ source: ByteSource) throws(ImageError) {
        func holds(_ name: String) throws(ImageError) -> Bool { try source.holds(name, at: 12) }
        // The size takes three bytes at most; the longest of these headers has 30.
        if try holds("VP8X") {
            stored.width = try source.little(3, at: 24) + 1
            stored.height = try source.little(3, at: 27) + 1
            if try source.byte(at: 20) & 8 != 0 { stored.orientation = try Self.orientation(source) }
        } else if try holds("VP8L") {
            guard try source.byte(at: 20) == 0x2f else { throw Self.damage(source) }
            let bits = try source.little(4, at: 21)
            (stored.width, stored.height) = (bits & 0x3fff + 1, bits >> 14 & 0x3fff + 1)
        } else if try holds("VP8 ") {
            guard try source.big(3, at: 23) == 0x9d012a else { throw Self.damage(source) }
            // The two highest bits are about scaling.
            (stored.width, stored.height) = (
                try source.little(2, at: 26) & 0x3fff, try source.little(2, at: 28) & 0x3fff
            )
        } else {
            _ = try source.byte(at: 15)
            throw Self.damage(source)
        }
    }

    private static func damage(_ source: ByteSource) -> ImageError {
        .corrupt(path: source.path, reason: "it does not begin with an image")
    }

    /// The EXIF chunk comes after the pixels. If it is cut off, the image is still accepted.
    private static func orientation(_ source: ByteSource) throws(ImageError) -> EXIFOrientation {
        var position = 12
        while position <= source.count - 8 {
            let length = try source.little(4, at: position + 4)
            if try source.holds("EXIF", at: position) {
                // Some programs also write the prefix that EXIF has in JPEG files.
                let prefix = try source.holds(EXIFOrientation.identifier, at: position + 8) ? 6 : 0
                return EXIFOrientation(tiffIn: source, at: position + 8 + prefix, count: length - prefix)
            }
            position += 8 + length + length & 1
        }
        return .upright
    }
}
