import CWebP

/// Reads a WebP's pixels, or those of its first frame.
struct WebPReader {
    private let header: WebPHeader
    private let bytes: [UInt8]
    private let path: String

    init(_ bytes: [UInt8], path: String) throws(ImageError) {
        header = try WebPHeader(ByteSource(bytes, path: path))
        try requireDecodable(width: header.stored.width, height: header.stored.height, path: path)
        self.bytes = bytes
        self.path = path
    }

    func image() throws(ImageError) -> StoredImage {
        let (width, height) = (header.stored.width, header.stored.height)
        let frame = try firstFrame()
        var features = WebPBitstreamFeatures()
        try check(
            bytes[frame.content].withUnsafeBufferPointer { WebPGetFeatures($0.baseAddress, $0.count, &features) })
        let (frameWidth, frameHeight) = (Int(features.width), Int(features.height))
        // Only a crafted file has a frame outside its canvas.
        guard frame.x + frameWidth <= width, frame.y + frameHeight <= height else {
            throw .corrupt(path: path, reason: "its frame extends beyond its canvas")
        }
        let hasOpacity = features.has_alpha != 0
        let samples = try decode(bytes[frame.content], width: frameWidth, height: frameHeight, hasOpacity)
        let image =
            hasOpacity
            ? Image(width: frameWidth, height: frameHeight, rgba: samples)
            : Image(width: frameWidth, height: frameHeight, pixels: samples)
        return StoredImage(
            image.placed(x: frame.x, y: frame.y, onWhite: width, height), orientation: header.stored.orientation)
    }

    /// The byte range of the first frame's own file, and the frame's position; for still images, the whole file.
    private func firstFrame() throws(ImageError) -> (content: Range<Int>, x: Int, y: Int) {
        let source = ByteSource(bytes, path: path)
        let animationFlag = 2
        guard try source.holds("VP8X", at: 12), try source.byte(at: 20) & animationFlag != 0 else {
            return (0..<bytes.count, 0, 0)
        }
        var frame: (Range<Int>, Int, Int)?
        bytes.withUnsafeBufferPointer { file in
            var data = WebPData(bytes: file.baseAddress, size: file.count)
            var state = WEBP_DEMUX_PARSE_ERROR
            guard let demuxer = WebPDemuxPartial(&data, &state) else { return }
            defer { WebPDemuxDelete(demuxer) }
            var iterator = WebPIterator()
            guard WebPDemuxGetFrame(demuxer, 1, &iterator) != 0 else { return }
            defer { WebPDemuxReleaseIterator(&iterator) }
            guard let base = file.baseAddress, let fragment = iterator.fragment.bytes else { return }
            let start = fragment - base
            frame = (start..<start + iterator.fragment.size, Int(iterator.x_offset), Int(iterator.y_offset))
        }
        guard let frame else { throw isCut ? .truncated(path: path) : damage("it has no frame") }
        return frame
    }

    private func decode(
        _ content: ArraySlice<UInt8>, width: Int, height: Int, _ hasOpacity: Bool
    ) throws(ImageError) -> [UInt8] {
        var configuration = WebPDecoderConfig()
        guard WebPInitDecoderConfig(&configuration) != 0 else { throw damage("there is no WebP decoder") }
        configuration.output.colorspace = hasOpacity ? MODE_RGBA : MODE_RGB
        configuration.output.is_external_memory = 1
        let stride = (hasOpacity ? 4 : 3) * width
        var status = VP8_STATUS_OK
        let samples = [UInt8](unsafeUninitializedCapacity: stride * height) { target, count in
            configuration.output.u.RGBA = WebPRGBABuffer(
                rgba: target.baseAddress, stride: Int32(stride), size: stride * height)
            status = content.withUnsafeBufferPointer { WebPDecode($0.baseAddress, $0.count, &configuration) }
            count = status == VP8_STATUS_OK ? stride * height : 0
        }
        WebPFreeDecBuffer(&configuration.output)
        try check(status)
        return samples
    }

    /// Whether the file is shorter than it claims.
    private var isCut: Bool {
        let claimed = 8 + bytes[4..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        return bytes.count < claimed
    }

    private func check(_ status: VP8StatusCode) throws(ImageError) {
        switch status {
        case VP8_STATUS_OK: return
        case VP8_STATUS_SUSPENDED, VP8_STATUS_NOT_ENOUGH_DATA: throw .truncated(path: path)
        case VP8_STATUS_UNSUPPORTED_FEATURE: throw .unsupported(path: path, reason: "its kind of WebP is unsupported")
        case VP8_STATUS_OUT_OF_MEMORY: throw damage("there is no memory left to decode it")
        default: throw isCut ? .truncated(path: path) : damage("its pixels are invalid")
        }
    }

    private func damage(_ reason: String) -> ImageError { .corrupt(path: path, reason: reason) }
}

extension Image {
    /// The image as a part of a larger one that is white elsewhere; itself if it fills that.
    func placed(x: Int, y: Int, onWhite width: Int, _ height: Int) -> Image {
        if (x, y) == (0, 0) && (width, height) == (self.width, self.height) { return self }
        var pixels = [UInt8](repeating: 255, count: 3 * width * height)
        for row in 0..<min(self.height, height - y) {
            let (from, to) = (3 * row * self.width, 3 * ((y + row) * width + x))
            let count = 3 * min(self.width, width - x)
            pixels.replaceSubrange(to..<to + count, with: self.pixels[from..<from + count])
        }
        return Image(width: width, height: height, pixels: pixels)
    }
}
