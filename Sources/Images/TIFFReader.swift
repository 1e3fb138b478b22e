import CTIFF

/// Reads the first image of a TIFF: its samples by libtiff, their colours by our own conversion, since libtiff's refuses or blackens what
/// microscopes and scanners write. Subsampled or perceptual colours are converted by libtiff.
struct TIFFReader {
    private let header: TIFFHeader
    private let handle: TIFFHandle
    private let fileSize: Int
    private let path: String

    private var width: Int { header.stored.width }
    private var height: Int { header.stored.height }

    init(_ bytes: [UInt8], path: String) throws(ImageError) {
        header = try TIFFHeader(ByteSource(bytes, path: path))
        try requireDecodable(width: header.stored.width, height: header.stored.height, path: path)
        let memory = TIFFMemory(bytes)
        guard let handle = TIFFHandle(memory) else {
            throw .corrupt(path: path, reason: memory.complaint ?? "its directory cannot be read")
        }
        self.handle = handle
        self.path = path
        fileSize = bytes.count
        guard handle.value32(TIFFTAG_IMAGEWIDTH) == width, handle.value32(TIFFTAG_IMAGELENGTH) == height else {
            throw .corrupt(path: path, reason: "it states its size twice")
        }
        try requireCodec()
        try requireModestParts()
    }

    func image() throws(ImageError) -> StoredImage {
        let image =
            if let layout = TIFFLayout(handle, width: width, height: height) { try convert(layout) } else {
                try convertedByLibrary()
            }
        return StoredImage(image, orientation: header.stored.orientation)
    }

    private func requireCodec() throws(ImageError) {
        let compression = handle.value16(TIFFTAG_COMPRESSION) ?? 1
        guard TIFFIsCODECConfigured(UInt16(clamping: compression)) == 1 else {
            throw .unsupported(path: path, reason: "it is a TIFF of compression \(compression)")
        }
    }

    /// A strip or tile is decoded as a whole, so it must not be much larger than the image or the file.
    private func requireModestParts() throws(ImageError) {
        let isTiled = TIFFIsTiled(handle.tiff) != 0
        let (columns, rows) = (
            isTiled ? handle.value32(TIFFTAG_TILEWIDTH) ?? 0 : width,
            isTiled ? handle.value32(TIFFTAG_TILELENGTH) ?? 0 : 1
        )
        guard columns > 0, rows > 0 else { throw .corrupt(path: path, reason: "its tiles have no pixels") }
        let limit = 4 * max(width * height, 1 << 20)
        let (count, overflow) = columns.multipliedReportingOverflow(by: rows)
        guard !overflow, count <= limit else {
            throw .corrupt(path: path, reason: "it has a tile of \(columns) x \(rows) pixels")
        }
        let size = Int(isTiled ? TIFFTileSize(handle.tiff) : TIFFScanlineSize(handle.tiff))
        guard size > 0, size <= max(16 * limit, fileSize) else {
            throw .corrupt(path: path, reason: handle.complaint ?? "its rows have too many bytes")
        }
    }

    private func convert(_ layout: TIFFLayout) throws(ImageError) -> Image {
        let rows = TIFFRows(handle, layout)
        var painter = try TIFFPainter(layout, handle, path: path)
        do { try rows.read { painter.take($0, row: $1, column: $2, count: $3, plane: $4) } } catch { throw failure() }
        return painter.image()
    }

    private func convertedByLibrary() throws(ImageError) -> Image {
        if let reason = handle.refusal { throw .unsupported(path: path, reason: reason) }
        let count = width * height
        // libtiff would mirror, but not rotate, images stored in other orientations.
        handle.set(TIFFTAG_ORIENTATION, to: ORIENTATION_TOPLEFT)
        // Red is the lowest byte of a pixel.
        let raster = [UInt32](unsafeUninitializedCapacity: count) { buffer, filled in
            let status = TIFFReadRGBAImageOriented(
                handle.tiff, UInt32(width), UInt32(height), buffer.baseAddress, ORIENTATION_TOPLEFT, 1)
            filled = status == 1 ? count : 0
        }
        guard raster.count == count else { throw failure() }
        let pixels = [UInt8](unsafeUninitializedCapacity: 3 * count) { buffer, filled in
            for (index, pixel) in raster.enumerated() {
                // Colours are premultiplied by opacity.
                let white = 255 - pixel >> 24
                for channel in 0..<3 {
                    let color = pixel >> UInt32(8 * channel) & 255
                    buffer[3 * index + channel] = UInt8(min(255, color + white))
                }
            }
            filled = 3 * count
        }
        return Image(width: width, height: height, pixels: pixels)
    }

    /// If part of the pixels supposedly lies outside the file, the file was truncated.
    private func failure() -> ImageError {
        let count = TIFFIsTiled(handle.tiff) != 0 ? TIFFNumberOfTiles(handle.tiff) : TIFFNumberOfStrips(handle.tiff)
        let isCut = (0..<count).contains { part in
            let (end, overflow) = TIFFGetStrileOffset(handle.tiff, part).addingReportingOverflow(
                TIFFGetStrileByteCount(handle.tiff, part))
            return overflow || end > UInt64(fileSize)
        }
        return isCut ? .truncated(path: path) : .corrupt(path: path, reason: handle.complaint ?? "its pixels end early")
    }
}
