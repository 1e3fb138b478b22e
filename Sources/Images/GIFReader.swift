import CGIF

/// Reads the first frame of a GIF.
struct GIFReader {
    private let header: GIFHeader
    private let bytes: [UInt8]
    private let path: String

    init(_ bytes: [UInt8], path: String) throws(ImageError) {
        header = try GIFHeader(ByteSource(bytes, path: path))
        try requireDecodable(width: header.stored.width, height: header.stored.height, path: path)
        self.bytes = bytes
        self.path = path
    }

    func image() throws(ImageError) -> StoredImage {
        let handle = GIFHandle(bytes)
        do {
            let frame = try handle.firstFrame()
            let image = frame.placed(onWhite: header.stored.width, header.stored.height)
            return StoredImage(image, remark: handle.hasRunOut ? .missingEnd : nil)
        } catch {
            throw handle.isCut ? .truncated(path: path) : .corrupt(path: path, reason: error.reason)
        }
    }
}

/// A frame of a GIF: the palette indices of its pixels.
struct GIFFrame {
    let x, y, width, height: Int
    let indices: [UInt8]
    let palette: [(UInt8, UInt8, UInt8)]
    let transparentIndex: Int?

    /// The frame on a white screen. Indices beyond the palette are black.
    func placed(onWhite screenWidth: Int, _ screenHeight: Int) -> Image {
        var colors = palette + [(UInt8, UInt8, UInt8)](repeating: (0, 0, 0), count: max(0, 256 - palette.count))
        if let transparentIndex { colors[transparentIndex] = (255, 255, 255) }
        let pixels = [UInt8](unsafeUninitializedCapacity: 3 * width * height) { target, count in
            count = 3 * width * height
            for (place, index) in indices.enumerated() {
                (target[3 * place], target[3 * place + 1], target[3 * place + 2]) = colors[Int(index)]
            }
        }
        return Image(width: width, height: height, pixels: pixels)
            .placed(x: x, y: y, onWhite: screenWidth, screenHeight)
    }
}
