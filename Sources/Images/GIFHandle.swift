import CGIF

/// giflib's handle for a file in memory, closed with its last reference.
final class GIFHandle {
    struct Failure: Error { let reason: String }

    private let bytes: [UInt8]
    private var position = 0
    /// Whether a read went beyond the end of the file and got an empty block instead.
    private(set) var hasRunOut = false
    /// Whether another read went beyond the end after that.
    private(set) var isCut = false
    private var gif: UnsafeMutablePointer<GifFileType>?

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    deinit {
        if let gif { DGifCloseFile(gif, nil) }
    }

    /// Decodes the first frame, which must fit on the screen that ``GIFHeader`` found.
    func firstFrame() throws(Failure) -> GIFFrame {
        var code: Int32 = 0
        gif = DGifOpen(
            Unmanaged.passUnretained(self).toOpaque(),
            { gif, target, count in
                guard let client = gif?.pointee.UserData, let target, count > 0 else { return 0 }
                return Int32(Unmanaged<GIFHandle>.fromOpaque(client).takeUnretainedValue().read(target, Int(count)))
            }, &code)
        guard let gif else { throw Failure(reason: Self.reason(code)) }
        var transparentIndex: Int?
        while true {
            var kind = UNDEFINED_RECORD_TYPE
            try check(DGifGetRecordType(gif, &kind))
            switch kind {
            case EXTENSION_RECORD_TYPE: transparentIndex = try readExtension() ?? transparentIndex
            case IMAGE_DESC_RECORD_TYPE: return try readFrame(gif, transparentIndex)
            default: throw Failure(reason: "it has no frame")
            }
        }
    }

    /// - Returns: The index of the transparent colour, if the extension states one.
    private func readExtension() throws(Failure) -> Int? {
        var kind: Int32 = 0
        var block: UnsafeMutablePointer<GifByteType>?
        try check(DGifGetExtension(gif, &kind, &block))
        var index: Int?
        while let content = block {
            // The block starts with its length.
            if kind == GRAPHICS_EXT_FUNC_CODE, content[0] >= 4, content[1] & 1 == 1 { index = Int(content[4]) }
            try check(DGifGetExtensionNext(gif, &block))
        }
        return index
    }

    private func readFrame(
        _ gif: UnsafeMutablePointer<GifFileType>, _ transparentIndex: Int?
    ) throws(Failure) -> GIFFrame {
        try check(DGifGetImageDesc(gif))
        let place = gif.pointee.Image
        guard place.Width > 0, place.Height > 0 else { throw Failure(reason: "its frame has no pixels") }
        guard let map = place.ColorMap ?? gif.pointee.SColorMap, let colors = map.pointee.Colors else {
            throw Failure(reason: "it has no palette")
        }
        let palette = (0..<Int(map.pointee.ColorCount)).map { (colors[$0].Red, colors[$0].Green, colors[$0].Blue) }
        let (width, height) = (Int(place.Width), Int(place.Height))
        var isSound = true
        let indices = [UInt8](unsafeUninitializedCapacity: width * height) { target, count in
            guard let base = target.baseAddress else { return }
            for row in Self.rows(height, isInterlaced: place.Interlace) {
                isSound = DGifGetLine(gif, base + row * width, Int32(width)) == GIF_OK
                guard isSound else { return }
            }
            count = width * height
        }
        try check(isSound ? GIF_OK : GIF_ERROR)
        return GIFFrame(
            x: Int(place.Left), y: Int(place.Top), width: width, height: height, indices: indices, palette: palette,
            transparentIndex: transparentIndex)
    }

    /// The order in which rows are stored.
    private static func rows(_ height: Int, isInterlaced: Bool) -> [Int] {
        guard isInterlaced else { return Array(0..<height) }
        return [(0, 8), (4, 8), (2, 4), (1, 2)].flatMap { Array(stride(from: $0.0, to: height, by: $0.1)) }
    }

    /// The terminator after the pixels may be missing: an empty block then replaces it.
    private func read(_ target: UnsafeMutablePointer<GifByteType>, _ wanted: Int) -> Int {
        if position == bytes.count && wanted == 1 && !hasRunOut {
            hasRunOut = true
            target.pointee = 0
            return 1
        }
        let count = min(wanted, bytes.count - position)
        bytes.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { target.update(from: base + position, count: count) }
        }
        position += count
        if count < wanted { isCut = true }
        return count
    }

    private func check(_ status: Int32) throws(Failure) {
        if status == GIF_OK { return }
        // The substituted block ended incomplete pixels.
        if hasRunOut { isCut = true }
        throw Failure(reason: Self.reason(gif?.pointee.Error ?? 0))
    }

    private static func reason(_ code: Int32) -> String {
        GifErrorString(code).map { String(cString: $0).lowercased() } ?? "unknown error"
    }
}
