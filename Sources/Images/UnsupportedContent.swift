/// Content that is found in folders of images but is not a supported format; naming it tells users what to convert, or what went wrong.
enum UnsupportedContent {
    /// Names the content of a file with these first bytes; nil if unknown.
    static func name(of bytes: [UInt8]) -> String? {
        table.first { $0.signature.begins(bytes.dropFirst($0.start)) }?.name ?? textName(of: bytes)
    }

    private static let table: [(name: String, start: Int, signature: ImageSignature)] =
        [
            ("a HEIC image", 4, "ftyphei?"), ("a HEIC image", 4, "ftyphev?"), ("a HEIC image", 4, "ftypmif1"),
            ("a HEIC image", 4, "ftypmsf1"), ("an AVIF image", 4, "ftypavi?"),
            ("a Canon raw image (CR3)", 4, "ftypcrx "),
            ("a video", 4, "ftyp"), ("a JPEG 2000 image", 4, "jP  \r\n"), ("a JPEG XL image", 4, "JXL \r\n"),
            ("a PDF", 0, "%PDF"), ("a PostScript file", 0, "%!PS"), ("a Photoshop document", 0, "8BPS"),
            ("a GIMP image (XCF)", 0, "gimp xcf"), ("a DICOM file", 128, "DICM"), ("a NIfTI volume", 344, "n+1\0"),
            ("a FITS file", 0, "SIMPLE  ="), ("a NetPBM image (PNM)", 0, "P1\n"), ("a NetPBM image (PNM)", 0, "P2\n"),
            ("a NetPBM image (PNM)", 0, "P3\n"), ("a NetPBM image (PNM)", 0, "P4\n"),
            ("a NetPBM image (PNM)", 0, "P5\n"), ("a NetPBM image (PNM)", 0, "P6\n"), ("a PFM image", 0, "PF\n"),
            ("a PFM image", 0, "Pf\n"), ("a Radiance HDR image", 0, "#?RADIANCE"),
            ("a DirectDraw surface (DDS)", 0, "DDS "),
            ("a NumPy array", 0, "?NUMPY"), ("a Fujifilm raw image", 0, "FUJIFILMCCD-RAW"),
            ("a wave file", 0, "RIFF????WAVE"),
            ("an AVI video", 0, "RIFF????AVI "), ("a QOI image", 0, "qoif"), ("a zip archive", 0, "PK\u{3}\u{4}"),
            ("a RAR archive", 0, "Rar!"), ("a SQLite database", 0, "SQLite format 3"),
            (
                "a Git LFS pointer: the image itself was not downloaded (`git lfs pull` does it)", 0,
                "version https://git-lfs"
            ),
        ].map { ($0.0, $0.1, ImageSignature($0.2)) } + [
            ("a JPEG 2000 image", 0, ImageSignature([0xff, 0x4f, 0xff, 0x51])),
            ("a JPEG XL image", 0, ImageSignature([0xff, 0x0a])),
            ("an OpenEXR image", 0, ImageSignature([0x76, 0x2f, 0x31, 0x01])),
            ("a Windows icon", 0, ImageSignature([0, 0, 1, 0])),
            ("a JNG image", 0, ImageSignature([0x8b, 0x4a, 0x4e, 0x47])),
            ("an MNG animation", 0, ImageSignature([0x8a, 0x4d, 0x4e, 0x47])),
            ("an HDF5 file", 0, ImageSignature([0x89, 0x48, 0x44, 0x46])),
            ("a gzip archive", 0, ImageSignature([0x1f, 0x8b])),
            (
                "an AppleDouble file: macOS metadata stored beside the image, not the image", 0,
                ImageSignature([0, 5, 0x16, 7])
            ),
            // The line ends were changed, or the highest bits cut off.
            ("a PNG that was damaged when it was copied as text", 0, ImageSignature([0x89, 0x50, 0x4e, 0x47])),
            ("a PNG that was damaged when it was copied as text", 0, ImageSignature([0x09, 0x50, 0x4e, 0x47])),
            (
                "a JPEG that was damaged when it was copied as text", 0,
                ImageSignature([0xef, 0xbf, 0xbd, 0xef, 0xbf, 0xbd])
            ),
            (
                "a PNG that was damaged when it was copied as text", 0,
                ImageSignature([0xef, 0xbf, 0xbd, 0x50, 0x4e, 0x47])
            ),
        ]

    private static func textName(of bytes: [UInt8]) -> String? {
        if bytes.allSatisfy({ $0 == 0 }) { return "nothing but zeros" }
        let text = String(decoding: bytes.prefix(1024), as: UTF8.self).drop { $0.isWhitespace || $0 == "\u{feff}" }
            .lowercased()
        if text.hasPrefix("<!doctype html") || text.hasPrefix("<html") {
            return "an HTML page: a download that failed, perhaps"
        }
        if text.hasPrefix("<svg") || text.hasPrefix("<?xml") && text.contains("<svg") { return "an SVG drawing" }
        if text.hasPrefix("<?xml") || text.hasPrefix("<annotation") { return "an XML file" }
        if text.hasPrefix("{") || text.hasPrefix("[") { return "a JSON file" }
        if text.hasPrefix("data:image/") || text.hasPrefix("/9j/") || text.hasPrefix("ivborw0kggo") {
            return "an image as base64 text"
        }
        let isText = bytes.allSatisfy { $0 >= 32 && $0 != 127 || [9, 10, 12, 13].contains($0) }
        return isText ? "text" : nil
    }
}
