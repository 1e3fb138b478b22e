/// The contents of a PNG's header chunk.
struct PNGHeader {
    let width, height, bitDepth, colorType: Int

    let orientation: EXIFOrientation
    /// Whether any colour is transparent, or pixels have opacity.
    let hasOpacity: Bool

    /// Reads the header, and the orientation, which may come after the pixels.
    init(_ source: ByteSource) throws(ImageError) {
        guard source.count >= 33 else { throw .truncated(path: source.path) }
        if try source.holds("CgBI", at: 12) {
            throw .unsupported(
                path: source.path,
                reason: "it is a PNG as in iPhone apps; `pngcrush -revert-iphone-optimizations` repairs it")
        }
        guard try source.big(4, at: 8) == 13, try source.holds("IHDR", at: 12) else {
            throw .corrupt(path: source.path, reason: "it does not begin with a header")
        }
        (width, height) = (try source.big(4, at: 16), try source.big(4, at: 20))
        (bitDepth, colorType) = (try source.byte(at: 24), try source.byte(at: 25))
        var position = 33
        var hasOpacity = colorType >= 4
        var orientation = EXIFOrientation.upright
        while position <= source.count - 12 {
            let length = try source.big(4, at: position)
            if try source.holds("eXIf", at: position + 4) {
                orientation = EXIFOrientation(tiffIn: source, at: position + 8, count: length)
            }
            if try source.holds("tRNS", at: position + 4) { hasOpacity = true }
            if try source.holds("IEND", at: position + 4) { break }
            position += 12 + length
        }
        self.orientation = orientation
        self.hasOpacity = hasOpacity
    }

    var stored: StoredHeader { StoredHeader(width: width, height: height, orientation: orientation) }

    /// The minimum size of the image before compression, in bytes.
    var byteCount: Int {
        let channels = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][colorType] ?? 1
        return height * (1 + width * channels * bitDepth / 8)
    }
}

/// A PNG file, complete from its header to its end.
struct PNGFile {
    let header: PNGHeader
    let path: String
    /// A flaw of the file, if any.
    let remark: ImageWarning?
    /// The file without the chunks that say how to display its values: values are read as stored, as in vision tools, whereas libpng would
    /// convert them.
    let bytes: [UInt8]

    /// Parses the chunks.
    ///
    /// - Throws: ``ImageError/truncated(path:)`` when the file ends before its data, also when the data cannot possibly fill the image.
    init(_ bytes: [UInt8], path: String) throws(ImageError) {
        header = try PNGHeader(ByteSource(bytes, path: path))
        try requireDecodable(width: header.width, height: header.height, path: path)
        self.path = path
        var position = Self.start
        var dataByteCount = 0
        var kept = [0..<position]
        var hasEnd = false
        while !hasEnd {
            guard position + 12 <= bytes.count else { break }
            let end = position + 12 + Self.number(bytes, at: position)
            guard end <= bytes.count else { break }
            if !Self.appearance.contains(where: { Self.isChunk($0, bytes, at: position) }) {
                kept.append(position..<end)
            }
            if Self.isChunk("IDAT", bytes, at: position) { dataByteCount += end - position }
            hasEnd = Self.isChunk("IEND", bytes, at: position)
            position = end
        }
        // Deflate compresses by at most a factor of 1032.
        guard dataByteCount > 0, header.byteCount / 1032 <= dataByteCount else { throw .truncated(path: path) }
        remark = hasEnd ? nil : .missingEnd
        self.bytes = kept.flatMap { bytes[$0] } + (hasEnd ? [] : PNGWriter.chunk("IEND", []))
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
