/// The segments of a JPEG before its first scan.
struct JPEGSegments {
    /// Each segment's marker, and where its content is.
    private(set) var segments: [(marker: UInt8, content: Range<Int>)] = []

    /// Walks from marker to marker, over fill bytes and what careless programs leave between segments.
    ///
    /// - Throws: ``ImageError/truncated(path:)`` when the file ends before the first scan: the decoder would take what is
    ///   missing for damage.
    init(_ bytes: [UInt8], path: String) throws(ImageError) {
        var position = 2
        while true {
            while position < bytes.count && bytes[position] != 0xff { position += 1 }
            while position < bytes.count && bytes[position] == 0xff { position += 1 }
            guard position < bytes.count else { throw .truncated(path: path) }
            let marker = bytes[position]
            position += 1
            switch marker {
            case 0x00, 0x01, 0xd0...0xd8: continue
            case 0xd9: return
            default: break
            }
            guard position + 2 <= bytes.count else { throw .truncated(path: path) }
            let length = Int(bytes[position]) << 8 | Int(bytes[position + 1])
            guard length >= 2 else { throw .corrupt(path: path, reason: "a segment of \(length) bytes") }
            guard position + length <= bytes.count else { throw .truncated(path: path) }
            segments.append((marker, position + 2..<position + length))
            if marker == 0xda { return }
            position += length
        }
    }
}
