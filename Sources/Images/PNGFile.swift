/// What a PNG's first chunk says.
struct PNGHeader {
    let width, height, bitDepth, colorType: Int

    /// Reads the header; checks that the picture may be decoded.
    init(_ bytes: [UInt8], path: String) throws(ImageError) {
        guard bytes.count >= 33 else { throw .truncated(path: path) }
        guard PNGFile.number(bytes, at: 8) == 13, PNGFile.isChunk("IHDR", bytes, at: 8) else {
            throw .corrupt(path: path, reason: "it does not begin with a header")
        }
        width = PNGFile.number(bytes, at: 16)
        height = PNGFile.number(bytes, at: 20)
        bitDepth = Int(bytes[24])
        colorType = Int(bytes[25])
        try requireDecodable(width: width, height: height, path: path)
    }

    /// How many bytes the picture has before compression, at the least.
    var byteCount: Int {
        let channels = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][colorType] ?? 1
        return height * (1 + width * channels * bitDepth / 8)
    }
}

/// A PNG file, whole from its header to its end.
struct PNGFile {
    let header: PNGHeader
    let path: String
    /// The file without the chunks that say how its numbers look on a screen: numbers are read as they are stored, as
    /// vision tools read them, and libpng would convert them.
    let bytes: [UInt8]

    /// Walks the chunks.
    ///
    /// - Throws: ``ImageError/truncated(path:)`` when the file ends before the last chunk, too when its data cannot possibly
    ///   fill the picture.
    init(_ bytes: [UInt8], path: String) throws(ImageError) {
        header = try PNGHeader(bytes, path: path)
        self.path = path
        var position = Self.start
        var dataByteCount = 0
        var kept = [0..<position]
        while true {
            guard position + 12 <= bytes.count else { throw .truncated(path: path) }
            let end = position + 12 + Self.number(bytes, at: position)
            guard end <= bytes.count else { throw .truncated(path: path) }
            if !Self.appearance.contains(where: { Self.isChunk($0, bytes, at: position) }) {
                kept.append(position..<end)
            }
            if Self.isChunk("IDAT", bytes, at: position) { dataByteCount += end - position }
            if Self.isChunk("IEND", bytes, at: position) { break }
            position = end
        }
        // Deflate shrinks to a 1032nd at best.
        guard header.byteCount / 1032 <= dataByteCount else { throw .truncated(path: path) }
        self.bytes = kept.flatMap { bytes[$0] }
    }

    private static let start = ImageFormat.pngSignature.count
    private static let appearance = ["gAMA", "cHRM", "sRGB", "iCCP", "cICP", "sBIT"]

    static func number(_ bytes: [UInt8], at start: Int) -> Int {
        bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
    }

    static func isChunk(_ name: String, _ bytes: [UInt8], at start: Int) -> Bool {
        bytes[start + 4..<start + 8].elementsEqual(name.utf8)
    }
}
