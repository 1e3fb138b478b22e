import CTIFF

/// Iterates over the rows of a TIFF's samples, from strips or tiles, one plane after the other.
struct TIFFRows {
    /// libtiff could not decode a part; its error message says why.
    struct Failure: Error {}

    private let tiff: OpaquePointer
    private let layout: TIFFLayout

    init(_ handle: TIFFHandle, _ layout: TIFFLayout) {
        tiff = handle.tiff
        self.layout = layout
    }

    /// Passes each piece of a row: its samples, its position, its number of pixels, and the index of its plane.
    func read(
        _ take: (_ samples: UnsafeRawBufferPointer, _ row: Int, _ column: Int, _ count: Int, _ plane: Int) -> Void
    ) throws(Failure) {
        for plane in 0..<(layout.isSeparate ? layout.sampleCount : 1) {
            if TIFFIsTiled(tiff) != 0 { try readTiles(plane, take) } else { try readRows(plane, take) }
        }
    }

    private typealias Take = (UnsafeRawBufferPointer, Int, Int, Int, Int) -> Void

    /// The minimum number of bytes for this many pixels of a plane.
    private func byteCount(_ pixels: Int) -> Int {
        (pixels * layout.bitCount * (layout.isSeparate ? 1 : layout.sampleCount) + 7) / 8
    }

    private func readRows(_ plane: Int, _ take: Take) throws(Failure) {
        let size = Int(TIFFScanlineSize(tiff))
        guard size >= byteCount(layout.width) else { throw Failure() }
        var isSound = true
        withUnsafeTemporaryAllocation(byteCount: size, alignment: 8) { buffer in
            for row in 0..<layout.height {
                isSound = TIFFReadScanline(tiff, buffer.baseAddress, UInt32(row), UInt16(clamping: plane)) == 1
                guard isSound else { return }
                take(UnsafeRawBufferPointer(buffer), row, 0, layout.width, plane)
            }
        }
        guard isSound else { throw Failure() }
    }

    private func readTiles(_ plane: Int, _ take: Take) throws(Failure) {
        var (tileWidth, tileHeight): (UInt32, UInt32) = (0, 0)
        _ = withUnsafeMutablePointer(to: &tileWidth) { pointer in
            withVaList([pointer]) { TIFFVGetField(tiff, UInt32(TIFFTAG_TILEWIDTH), $0) }
        }
        _ = withUnsafeMutablePointer(to: &tileHeight) { pointer in
            withVaList([pointer]) { TIFFVGetField(tiff, UInt32(TIFFTAG_TILELENGTH), $0) }
        }
        let (columns, rows) = (Int(tileWidth), Int(tileHeight))
        let (size, rowSize) = (Int(TIFFTileSize(tiff)), Int(TIFFTileRowSize(tiff)))
        guard columns > 0, rows > 0, rowSize >= byteCount(columns), size >= rows * rowSize else { throw Failure() }
        var isSound = true
        withUnsafeTemporaryAllocation(byteCount: size, alignment: 8) { buffer in
            for top in stride(from: 0, to: layout.height, by: rows) {
                for left in stride(from: 0, to: layout.width, by: columns) {
                    let tile = TIFFComputeTile(tiff, UInt32(left), UInt32(top), 0, UInt16(clamping: plane))
                    isSound = TIFFReadEncodedTile(tiff, tile, buffer.baseAddress, tmsize_t(size)) == size
                    guard isSound else { return }
                    for row in 0..<min(rows, layout.height - top) {
                        let piece = buffer[row * rowSize..<(row + 1) * rowSize]
                        take(
                            UnsafeRawBufferPointer(rebasing: piece), top + row, left, min(columns, layout.width - left),
                            plane)
                    }
                }
            }
        }
        guard isSound else { throw Failure() }
    }
}
