/// Reads a BMP's pixels.
struct BMPReader {
    private let header: BMPHeader
    private let bytes: [UInt8]
    private let path: String

    private var width: Int { header.stored.width }
    private var height: Int { header.stored.height }
    /// Rows are padded to four bytes.
    private var rowLength: Int { (width * header.bitCount + 31) / 32 * 4 }

    init(_ bytes: [UInt8], path: String) throws(ImageError) {
        header = try BMPHeader(ByteSource(bytes, path: path))
        try requireDecodable(width: header.stored.width, height: header.stored.height, path: path)
        self.bytes = bytes
        self.path = path
    }

    func image() throws(ImageError) -> StoredImage {
        if header.compression == .runLengths {
            let indices = try BMPRunLengths(header, path: path).indices(in: bytes)
            return StoredImage(
                image { row, target in
                    for x in 0..<width { put(color(Int(indices[row * width + x])), in: target, at: x) }
                })
        }
        // The padding of the last row may be missing.
        let needed = rowLength * (height - 1) + (width * header.bitCount + 7) / 8
        guard header.dataStart <= bytes.count - needed else { throw .truncated(path: path) }
        return bytes.withUnsafeBufferPointer { file in
            let rows = UnsafeBufferPointer(rebasing: file[header.dataStart...])
            switch header.bitCount {
            case 1, 2, 4, 8: return StoredImage(paletteImage(rows))
            case 24: return StoredImage(plainImage(rows, step: 3))
            case 32 where header.masks.allSatisfy { $0 == 0 }: return StoredImage(plainImage(rows, step: 4))
            default: return StoredImage(maskedImage(rows))
            }
        }
    }

    /// Fills the image row by row; `row` counts in file order.
    private func image(_ fill: (_ row: Int, _ target: UnsafeMutablePointer<UInt8>) -> Void) -> Image {
        let pixels = [UInt8](unsafeUninitializedCapacity: 3 * width * height) { buffer, count in
            guard let base = buffer.baseAddress else { return }
            for row in 0..<height { fill(row, base + 3 * width * (header.isTopDown ? row : height - 1 - row)) }
            count = 3 * width * height
        }
        return Image(width: width, height: height, pixels: pixels)
    }

    private func put(_ color: (UInt8, UInt8, UInt8), in row: UnsafeMutablePointer<UInt8>, at x: Int) {
        (row[3 * x], row[3 * x + 1], row[3 * x + 2]) = color
    }

    /// An index beyond the palette is black.
    private func color(_ index: Int) -> (UInt8, UInt8, UInt8) {
        index < header.palette.count ? header.palette[index] : (0, 0, 0)
    }

    private func paletteImage(_ rows: UnsafeBufferPointer<UInt8>) -> Image {
        let bits = header.bitCount
        let perByte = 8 / bits
        return image { row, target in
            for x in 0..<width {
                let byte = Int(rows[row * rowLength + x / perByte])
                put(color(byte >> (8 - bits * (x % perByte + 1)) & (1 << bits - 1)), in: target, at: x)
            }
        }
    }

    /// Blue, green, red; a fourth byte is nearly always padding, so it is not treated as opacity.
    private func plainImage(_ rows: UnsafeBufferPointer<UInt8>, step: Int) -> Image {
        image { row, target in
            var place = row * rowLength
            for x in 0..<width {
                put((rows[place + 2], rows[place + 1], rows[place]), in: target, at: x)
                place += step
            }
        }
    }

    private func maskedImage(_ rows: UnsafeBufferPointer<UInt8>) -> Image {
        let step = header.bitCount / 8
        let fields = header.masks.map(BMPField.init)
        func pixel(_ row: Int, _ x: Int) -> Int {
            let place = row * rowLength + x * step
            return (0..<step).reduce(0) { $0 | Int(rows[place + $1]) << (8 * $1) }
        }
        // Programs without support for opacity leave it at zero everywhere.
        let isOpaque =
            header.masks[3] == 0
            || (0..<height).allSatisfy { row in (0..<width).allSatisfy { pixel(row, $0) & header.masks[3] == 0 } }
        return image { row, target in
            for x in 0..<width {
                let pixel = pixel(row, x)
                let opacity = isOpaque ? 255 : fields[3].value(pixel)
                func seen(_ field: BMPField) -> UInt8 {
                    UInt8((field.value(pixel) * opacity + 255 * (255 - opacity) + 127) / 255)
                }
                put((seen(fields[0]), seen(fields[1]), seen(fields[2])), in: target, at: x)
            }
        }
    }
}

/// Some bits of a pixel, scaled to 0 to 255.
private struct BMPField {
    private let mask, shift, largest: Int

    init(mask: Int) {
        self.mask = mask
        shift = mask == 0 ? 0 : mask.trailingZeroBitCount
        largest = mask >> shift
    }

    func value(_ pixel: Int) -> Int { largest == 0 ? 0 : ((pixel & mask) >> shift * 255 + largest / 2) / largest }
}
