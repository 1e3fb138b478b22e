/// The part of a JPEG before its first scan.
struct JPEGHeader {
    private(set) var stored = StoredHeader(width: 0, height: 0)
    /// The number of components; four are cyan, magenta, yellow and black.
    private(set) var componentCount = 0

    /// Reads segment after segment, skipping fill bytes and stray bytes, up to the first scan.
    ///
    /// - Throws: ``ImageError/unsupported(path:reason:)`` for kinds of JPEG that are not decoded; ``ImageError/truncated(path:)``
    ///   when the file ends before the first scan.
    init(_ source: ByteSource) throws(ImageError) {
        var walk = JPEGWalk(source)
        var hasFrame = false
        var hasOrientation = false
        while let segment = try walk.next() {
            switch segment.marker {
            case 0xc0...0xcf where ![0xc4, 0xc8, 0xcc].contains(segment.marker), 0xf7:
                if hasFrame { throw .corrupt(path: source.path, reason: "it has two frame headers") }
                hasFrame = true
                try readFrame(segment, source)
            case 0xe1 where !hasOrientation:
                guard try source.holds(EXIFOrientation.identifier, at: segment.start), segment.count > 6 else { break }
                hasOrientation = true
                stored.orientation = EXIFOrientation(
                    tiffIn: source, at: segment.start + 6, count: segment.count - 6)
            case 0xd9: throw .corrupt(path: source.path, reason: "it ends before its first scan")
            case 0xda:
                guard hasFrame else { throw .corrupt(path: source.path, reason: "it does not say how large it is") }
                return
            default: break
            }
        }
    }

    private mutating func readFrame(_ segment: JPEGWalk.Segment, _ source: ByteSource) throws(ImageError) {
        func refuse(_ reason: String) -> ImageError { .unsupported(path: source.path, reason: reason) }
        switch segment.marker {
        case 0xc3, 0xcb: throw refuse("it is a lossless JPEG")
        case 0xc5...0xc7, 0xcd...0xcf: throw refuse("it is a hierarchical JPEG")
        case 0xf7: throw refuse("it is a JPEG-LS image")
        default: break
        }
        guard segment.count >= 6 else { throw .corrupt(path: source.path, reason: "its frame header is too short") }
        let precision = try source.byte(at: segment.start)
        guard precision == 8 else { throw refuse("it is a JPEG of \(precision) bits per sample; 8 can be read") }
        stored.height = try source.big(2, at: segment.start + 1)
        stored.width = try source.big(2, at: segment.start + 3)
        componentCount = try source.byte(at: segment.start + 5)
        if stored.height == 0 { throw refuse("it is a JPEG that states its height only after its pixels") }
        guard [1, 3, 4].contains(componentCount) else {
            throw refuse("it is a JPEG of \(componentCount) components; 1, 3 and 4 can be read")
        }
        guard segment.count == 6 + 3 * componentCount else {
            throw .corrupt(path: source.path, reason: "its frame header has \(segment.count) bytes")
        }
        for component in 0..<componentCount {
            let factors = try source.byte(at: segment.start + 7 + 3 * component)
            guard (1...4).contains(factors >> 4), (1...4).contains(factors & 15) else {
                throw .corrupt(path: source.path, reason: "its sampling factors are invalid")
            }
        }
    }
}

/// Iterates over the segments of a JPEG up to its first scan.
struct JPEGWalk {
    struct Segment {
        let marker: Int
        /// The offset and length of its content, without the length field.
        let start, count: Int
    }

    private let source: ByteSource
    private var position = 2

    init(_ source: ByteSource) { self.source = source }

    /// The next segment; the end marker is one without content.
    ///
    /// - Throws: ``ImageError/truncated(path:)`` when the file ends before: the decoder would report missing data as damage.
    mutating func next() throws(ImageError) -> Segment? {
        while true {
            while try source.byte(at: position) != 0xff { position += 1 }
            while try source.byte(at: position) == 0xff { position += 1 }
            let marker = try source.byte(at: position)
            position += 1
            switch marker {
            case 0x00, 0x01, 0xd0...0xd8: continue
            case 0xd9: return Segment(marker: marker, start: position, count: 0)
            default: break
            }
            let length = try source.big(2, at: position)
            guard length >= 2 else { throw .corrupt(path: source.path, reason: "it has a segment of \(length) bytes") }
            guard position + length <= source.count else { throw .truncated(path: source.path) }
            defer { position += length }
            return Segment(marker: marker, start: position + 2, count: length - 2)
        }
    }
}
