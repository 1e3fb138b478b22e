/// The part of a BMP before its pixels: a header in any of the versions of Windows and OS/2, and a palette.
///
/// Source: Microsoft, BITMAPINFOHEADER, BITMAPV4HEADER and BITMAPV5HEADER; IBM, OS/2 2.x BITMAPINFOHEADER2.
struct BMPHeader {
    enum Compression { case none, runLengths }

    private(set) var stored = StoredHeader(width: 0, height: 0)
    private(set) var isTopDown = false
    /// Bits per pixel: pixels of 1, 2, 4 or 8 bits are palette indices.
    private(set) var bitCount = 0
    private(set) var compression = Compression.none
    /// The bits of a pixel that are its red, green, blue and opacity; 0 where unspecified.
    private(set) var masks = [0, 0, 0, 0]
    /// Red, green and blue of each colour.
    private(set) var palette: [(UInt8, UInt8, UInt8)] = []
    /// The offset of the pixels.
    private(set) var dataStart = 0

    /// - Throws: ``ImageError/unsupported(path:reason:)`` for kinds that only printers and faxes use.
    init(_ source: ByteSource) throws(ImageError) {
        // Bitmaps copied from memory lack the file header of 14 bytes.
        let start = try source.holds("BM", at: 0) ? 14 : 0
        let length = try source.little(4, at: start)
        guard length == 12 || (16...124).contains(length) else {
            throw .corrupt(path: source.path, reason: "its header has \(length) bytes")
        }
        let isCore = length == 12
        stored.width = try source.little(isCore ? 2 : 4, at: start + 4)
        let height = try source.little(isCore ? 2 : 4, at: start + (isCore ? 6 : 8))
        isTopDown = !isCore && height >= 1 << 31
        stored.height = isTopDown ? 1 << 32 - height : height
        bitCount = try source.little(2, at: start + (isCore ? 10 : 14))
        guard [1, 2, 4, 8, 16, 24, 32].contains(bitCount) else {
            throw .corrupt(path: source.path, reason: "it claims \(bitCount) bits per pixel")
        }
        let code = length >= 20 ? try source.little(4, at: start + 16) : 0
        let paletteStart = try readCompression(code, source, at: start, length)
        let claimed = length >= 36 ? try source.little(4, at: start + 32) : 0
        let offset = start > 0 ? try source.little(4, at: 10) : 0
        try readPalette(source, at: paletteStart, entryLength: isCore ? 3 : 4, claimed: claimed, offset: offset)
    }

    /// - Returns: The offset of the palette.
    private mutating func readCompression(
        _ code: Int, _ source: ByteSource, at start: Int, _ length: Int
    ) throws(ImageError) -> Int {
        let end = start + length
        let isOS2 = length < 40 || length == 64
        switch (code, bitCount) {
        case (0, 16): masks = [0x7c00, 0x03e0, 0x001f, 0]
        case (0, _): break
        case (1, 8), (2, 4):
            compression = .runLengths
            guard !isTopDown else { throw .corrupt(path: source.path, reason: "its run lengths are stored top-down") }
        case (3, 16), (3, 32), (6, 16), (6, 32):
            if isOS2 { fallthrough }
            // The masks are the header's next fields, or follow it.
            let count = code == 6 || length >= 56 ? 4 : 3
            for index in 0..<count { masks[index] = try source.little(4, at: start + 40 + 4 * index) }
            return max(end, start + 40 + 4 * count)
        case (4, _) where isOS2, (3, 1):
            throw .unsupported(path: source.path, reason: "it is a BMP with a compression that only OS/2 uses")
        case (4, _), (5, _):
            throw .unsupported(path: source.path, reason: "it is a JPEG or PNG inside a BMP, for printers")
        default:
            throw .corrupt(path: source.path, reason: "compression \(code) is invalid at \(bitCount) bits per pixel")
        }
        return end
    }

    private mutating func readPalette(
        _ source: ByteSource, at start: Int, entryLength: Int, claimed: Int, offset: Int
    ) throws(ImageError) {
        var count = bitCount <= 8 ? 1 << bitCount : 0
        if claimed > 0 && claimed < count { count = claimed }
        // Some programs state a pixel offset that lies inside the header.
        let hasOffset = offset >= start
        if hasOffset { count = min(count, (offset - start) / entryLength) }
        if count > 0 {
            let bytes = Array(try source.bytes(at: start, count: count * entryLength))
            palette = (0..<count).map { index in
                let place = index * entryLength
                return (bytes[place + 2], bytes[place + 1], bytes[place])
            }
        }
        // Pixels that need no palette may still be preceded by one for screens of 256 colours.
        dataStart = hasOffset ? offset : start + entryLength * (bitCount <= 8 ? count : min(claimed, 256))
    }
}
