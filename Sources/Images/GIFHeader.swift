/// The size of a GIF: the screen's, enlarged where the first frame exceeds it, as browsers do.
///
/// Source: Graphics Interchange Format, Version 89a, CompuServe 1990.
struct GIFHeader {
    private(set) var stored: StoredHeader

    init(_ source: ByteSource) throws(ImageError) {
        let (screenWidth, screenHeight) = (try source.little(2, at: 6), try source.little(2, at: 8))
        stored = StoredHeader(width: screenWidth, height: screenHeight)
        var position = 13 + Self.paletteLength(try source.byte(at: 10))
        while true {
            switch try source.byte(at: position) {
            case 0x21:
                // An extension: its kind, then blocks up to an empty one.
                position += 2
                while true {
                    let length = try source.byte(at: position)
                    position += 1 + length
                    if length == 0 { break }
                }
            case 0x2c:
                stored.width = max(
                    stored.width, try source.little(2, at: position + 1) + source.little(2, at: position + 5))
                stored.height = max(
                    stored.height, try source.little(2, at: position + 3) + source.little(2, at: position + 7))
                return
            case 0x3b: throw .corrupt(path: source.path, reason: "it has no frame")
            default: throw .corrupt(path: source.path, reason: "it has a block of an unknown kind")
            }
        }
    }

    private static func paletteLength(_ flags: Int) -> Int { flags & 0x80 == 0 ? 0 : 3 << (flags & 7 + 1) }
}
