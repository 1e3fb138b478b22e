/// Decodes run-length-encoded palette indices of a BMP: two bytes give a count and an index; a zero count introduces other commands.
struct BMPRunLengths {
    private let header: BMPHeader
    private let path: String
    private var width: Int { header.stored.width }
    private var height: Int { header.stored.height }

    init(_ header: BMPHeader, path: String) {
        self.header = header
        self.path = path
    }

    /// Returns the palette index of each pixel, bottom row first. Skipped pixels have index 0; what exceeds a row's end is left out.
    ///
    /// - Throws: ``ImageError/truncated(path:)`` when the file ends before the image is full or ends explicitly.
    func indices(in bytes: [UInt8]) throws(ImageError) -> [UInt8] {
        let isNibbles = header.bitCount == 4
        var pixels = [UInt8](repeating: 0, count: width * height)
        var (x, y) = (0, 0)
        var place = header.dataStart
        func put(_ index: UInt8) {
            if x < width && y < height { pixels[y * width + x] = index }
            x += 1
        }
        func nibble(_ byte: UInt8, _ index: Int) -> UInt8 { index & 1 == 0 ? byte >> 4 : byte & 15 }
        while y < height {
            guard place + 2 <= bytes.count else {
                // Only the end-of-bitmap marker is missing.
                if y == height - 1 && x >= width { return pixels }
                throw .truncated(path: path)
            }
            let (count, value) = (Int(bytes[place]), bytes[place + 1])
            place += 2
            if count > 0 {
                for index in 0..<count { put(isNibbles ? nibble(value, index) : value) }
                continue
            }
            switch value {
            case 0: (x, y) = (0, y + 1)
            case 1: return pixels
            case 2:
                guard place + 2 <= bytes.count else { throw .truncated(path: path) }
                (x, y) = (x + Int(bytes[place]), y + Int(bytes[place + 1]))
                place += 2
            default:
                let length = isNibbles ? (Int(value) + 1) / 2 : Int(value)
                guard place + length <= bytes.count else { throw .truncated(path: path) }
                for index in 0..<Int(value) {
                    put(isNibbles ? nibble(bytes[place + index / 2], index) : bytes[place + index])
                }
                // Padded to two bytes.
                place += (length + 1) / 2 * 2
            }
        }
        return pixels
    }
}
