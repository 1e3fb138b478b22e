/// The description of a format, and the table of formats. A new format is a case of ``ImageFormat`` and an entry here.
struct ImageFormatEntry: Sendable {
    /// The name shown to users.
    let name: String
    /// The file name extensions; the usual one first.
    let extensions: [String]
    /// The signatures; a file begins with one of these.
    let signatures: [ImageSignature]
    /// Reads everything before the pixels. Width and height are checked by the caller.
    let readHeader: @Sendable (ByteSource) throws(ImageError) -> StoredHeader
    /// Decodes the pixels, finely enough for a longer side of the given number of pixels.
    let decode: @Sendable (_ bytes: [UInt8], _ path: String, _ longerSide: Double) throws(ImageError) -> StoredImage

    static let jpeg = Self(
        name: "JPEG", extensions: ["jpg", "jpeg", "jpe", "jfif", "jif"], signatures: [ImageSignature([0xff, 0xd8])],
        readHeader: { source throws(ImageError) in try JPEGHeader(source).stored },
        decode: { bytes, path, longerSide throws(ImageError) in
            try JPEGDecoder(bytes, path: path).image(longerSide: longerSide)
        })

    static let png = Self(
        name: "PNG", extensions: ["png"], signatures: [ImageSignature(ImageFormat.pngSignature)],
        readHeader: { source throws(ImageError) in try PNGHeader(source).stored },
        decode: { bytes, path, _ throws(ImageError) in try PNGReader(PNGFile(bytes, path: path)).image() })

    static let bmp = Self(
        name: "BMP", extensions: ["bmp", "dib"],
        // Two letters are a weak signature; but a header is longer than 12 bytes and shorter than 256, which gives this zero.
        signatures: [
            ImageSignature([0x42, 0x4d] + [UInt8?](repeating: nil, count: 13) + [0, 0, 0]),
            // A bitmap copied from memory, without the file header: 40 bytes, the size, one plane.
            ImageSignature([40, 0, 0, 0] + [UInt8?](repeating: nil, count: 8) + [1, 0]),
        ],
        readHeader: { source throws(ImageError) in try BMPHeader(source).stored },
        decode: { bytes, path, _ throws(ImageError) in try BMPReader(bytes, path: path).image() })

    static let tiff = Self(
        name: "TIFF", extensions: ["tif", "tiff"],
        // The second pair is for files above 4 GiB.
        signatures: [[0x49, 0x49, 42, 0], [0x4d, 0x4d, 0, 42], [0x49, 0x49, 43, 0], [0x4d, 0x4d, 0, 43]].map {
            ImageSignature($0)
        },
        readHeader: { source throws(ImageError) in try TIFFHeader(source).stored },
        decode: { bytes, path, _ throws(ImageError) in try TIFFReader(bytes, path: path).image() })

    static let webp = Self(
        name: "WebP", extensions: ["webp"], signatures: [ImageSignature("RIFF????WEBP")],
        readHeader: { source throws(ImageError) in try WebPHeader(source).stored },
        decode: { bytes, path, _ throws(ImageError) in try WebPReader(bytes, path: path).image() })

    static let gif = Self(
        name: "GIF", extensions: ["gif"], signatures: [ImageSignature("GIF87a"), ImageSignature("GIF89a")],
        readHeader: { source throws(ImageError) in try GIFHeader(source).stored },
        decode: { bytes, path, _ throws(ImageError) in try GIFReader(bytes, path: path).image() })
}

extension ImageFormat {
    var entry: ImageFormatEntry {
        switch self {
        case .jpeg: .jpeg
        case .png: .png
        case .bmp: .bmp
        case .tiff: .tiff
        case .webp: .webp
        case .gif: .gif
        }
    }

    static let pngSignature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
}

/// The information before an image's pixels.
struct StoredHeader {
    /// The size as stored, before rotation.
    var width, height: Int
    var orientation = EXIFOrientation.upright
}

/// An image as returned by a decoder, before rotation.
struct StoredImage {
    var image: Image
    var orientation = EXIFOrientation.upright
    var remark: ImageWarning?
    /// The number of stored pixels, along each axis, per pixel of the image.
    var reduction = 1
    /// The stored size, which need not be a multiple of the reduction.
    var width, height: Int

    init(_ image: Image, orientation: EXIFOrientation = .upright, remark: ImageWarning? = nil) {
        self.image = image
        self.orientation = orientation
        self.remark = remark
        (width, height) = (image.width, image.height)
    }
}
