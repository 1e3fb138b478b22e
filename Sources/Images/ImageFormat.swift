/// How a picture is coded: its first bytes tell, whatever its name says.
public enum ImageFormat: Sendable {
    /// Lossless.
    case png
    /// Photographs.
    case jpeg

    init(_ bytes: [UInt8], path: String) throws(ImageError) {
        if bytes.isEmpty { throw .empty(path: path) }
        if bytes.starts(with: Self.jpegStart) {
            self = .jpeg
        } else if bytes.starts(with: Self.pngSignature) {
            self = .png
        } else if Self.pngSignature.starts(with: bytes) || Self.jpegStart.starts(with: bytes) {
            throw .truncated(path: path)
        } else {
            throw .notAnImage(path: path, found: Self.name(of: bytes))
        }
    }

    static let pngSignature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
    private static let jpegStart: [UInt8] = [0xff, 0xd8]

    /// What people have in such folders, too; named so that they know what to convert.
    private static func name(of bytes: [UInt8]) -> String? {
        func holds(_ text: String, at start: Int) -> Bool { bytes.dropFirst(start).starts(with: text.utf8) }
        if holds("GIF8", at: 0) { return "a GIF" }
        if holds("RIFF", at: 0) && holds("WEBP", at: 8) { return "a WebP picture" }
        if holds("II*\0", at: 0) || holds("MM\0*", at: 0) { return "a TIFF" }
        if holds("ftypheic", at: 4) || holds("ftypmif1", at: 4) { return "a HEIC picture" }
        if holds("ftypavif", at: 4) { return "an AVIF picture" }
        if holds("BM", at: 0) && bytes.count > 26 { return "a BMP" }
        if holds("<?xml", at: 0) { return "an XML file" }
        if holds("%PDF", at: 0) { return "a PDF" }
        return nil
    }
}
