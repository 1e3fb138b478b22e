/// The image size in the first directory of a TIFF. Every offset in it is untrusted.
///
/// Source: TIFF Revision 6.0, Adobe 1992, section 2; BigTIFF, which has eight bytes where TIFF has four.
struct TIFFHeader {
    private(set) var stored = StoredHeader(width: 0, height: 0)

    private enum Tag {
        static let width = 256, height = 257, photometric = 262, orientation = 274, dngVersion = 50706
    }

    /// - Throws: ``ImageError/unsupported(path:reason:)`` for camera raw files, whose first image is a thumbnail or has one colour per
    ///   pixel.
    init(_ source: ByteSource) throws(ImageError) {
        let isLittle = try source.byte(at: 0) == UInt8(ascii: "I")
        func number(_ place: Int, _ count: Int) throws(ImageError) -> Int {
            try source.number(at: place, count: count, isLittle: isLittle)
        }
        let isBig = try number(2, 2) == 43
        let wordLength = isBig ? 8 : 4
        let directory = try number(isBig ? 8 : 4, wordLength)
        let entryCount = try number(directory, isBig ? 8 : 2)
        guard entryCount <= 4096 else {
            throw .corrupt(path: source.path, reason: "its first directory claims \(entryCount) entries")
        }
        let first = directory + (isBig ? 8 : 2)
        let entryLength = isBig ? 20 : 12
        for index in 0..<entryCount {
            let entry = first + index * entryLength
            let value: Int
            switch try number(entry + 2, 2) {
            case 1: value = try number(entry + 4 + wordLength, 1)
            case 3: value = try number(entry + 4 + wordLength, 2)
            case 4: value = try number(entry + 4 + wordLength, 4)
            case 16: value = try number(entry + 4 + wordLength, wordLength)
            default: value = 0
            }
            switch try number(entry, 2) {
            case Tag.width: stored.width = value
            case Tag.height: stored.height = value
            case Tag.orientation: stored.orientation = EXIFOrientation(tag: value)
            case Tag.dngVersion: throw Self.rawFile(source)
            case Tag.photometric where value == 32803: throw Self.rawFile(source)
            default: break
            }
        }
    }

    private static func rawFile(_ source: ByteSource) -> ImageError {
        .unsupported(path: source.path, reason: "it is a camera's raw file (a kind of TIFF)")
    }
}
