import CTurboJPEG

/// A JPEG whose header has been read.
struct JPEGDecoder {
    struct Header {
        var width, height: Int
        var isCMYK: Bool
    }

    let header: Header
    let orientation: EXIFOrientation
    private let bytes: [UInt8]
    private let path: String
    private let codec: TurboJPEG

    /// Reads the header.
    ///
    /// - Throws: ``ImageError/tooLarge(path:width:height:)`` and what is wrong with the content.
    init(_ bytes: [UInt8], path: String) throws(ImageError) {
        orientation = EXIFOrientation(try JPEGSegments(bytes, path: path), in: bytes)
        guard let codec = TurboJPEG(.decoding) else { throw .corrupt(path: path, reason: "there is no JPEG decoder") }
        var (width, height, subsampling, colors): (Int32, Int32, Int32, Int32) = (0, 0, -1, -1)
        let status = bytes.withUnsafeBufferPointer {
            tjDecompressHeader3(
                codec.handle, $0.baseAddress, UInt($0.count), &width, &height, &subsampling, &colors)
        }
        // Subsampling that the library has no name for only matters to callers who want it kept.
        if let complaint = codec.complaint(status), !complaint.isHarmless && !complaint.isAboutSubsampling || width == 0
        {
            throw complaint.error(path: path)
        }
        try requireDecodable(width: Int(width), height: Int(height), path: path)
        let fourColors = [TJCS_CMYK.rawValue, TJCS_YCCK.rawValue]
        header = Header(
            width: Int(width), height: Int(height), isCMYK: fourColors.contains(UInt32(bitPattern: colors)))
        self.bytes = bytes
        self.path = path
        self.codec = codec
    }

    /// The factors that decoding can divide the extents by, the smallest first. What does not divide is rounded up.
    static let reductions: [Int] = {
        var count: Int32 = 0
        let factors = UnsafeBufferPointer(start: tjGetScalingFactors(&count), count: Int(count))
        // The others have slower code, and 1/2, 1/4 and 1/8 are near enough to any.
        return [1, 2, 4, 8].filter { wanted in factors.contains { $0.num == 1 && $0.denom == wanted } }
    }()

    /// The picture as stored, not turned; at a fraction of its extents, when that is one of ``reductions``.
    ///
    /// The decoder goes on after damage and leaves grey; so it is told to stop at the first warning, which also keeps a
    /// small file that claims much from costing much. Warnings that leave the pixels whole are then let pass.
    func image(reduction: Int) throws(ImageError) -> Image {
        switch decode(reduction, flags: TJFLAG_LIMITSCANS | TJFLAG_STOPONWARNING) {
        case .success(let image): return image
        case .failure(let complaint) where !complaint.isHarmless: throw complaint.error(path: path)
        case .failure: break
        }
        switch decode(reduction, flags: TJFLAG_LIMITSCANS) {
        case .success(let image):
            // Only the first warning is told: a cut may hide behind a harmless one.
            guard hasEnd else { throw .truncated(path: path) }
            return image
        case .failure(let complaint): throw complaint.error(path: path)
        }
    }

    private func decode(_ reduction: Int, flags: Int32) -> Result<Image, JPEGComplaint> {
        let width = (header.width + reduction - 1) / reduction
        let height = (header.height + reduction - 1) / reduction
        let size = (header.isCMYK ? 4 : 3) * width * height
        let format = header.isCMYK ? TJPF_CMYK : TJPF_RGB
        var complaint: JPEGComplaint?
        let samples = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            let status = bytes.withUnsafeBufferPointer { source in
                tjDecompress2(
                    codec.handle, source.baseAddress, UInt(source.count), buffer.baseAddress, Int32(width), 0,
                    Int32(height), Int32(format.rawValue), flags)
            }
            complaint = codec.complaint(status)
            if let complaint, !complaint.isHarmless || flags & TJFLAG_STOPONWARNING != 0 { return }
            count = size
        }
        if let complaint, samples.isEmpty { return .failure(complaint) }
        return .success(
            Image(width: width, height: height, pixels: header.isCMYK ? Self.rgb(cmyk: samples) : samples))
    }

    /// Files with four colours come from Adobe's programs, which store them inverted: 255 is no ink.
    private static func rgb(cmyk samples: [UInt8]) -> [UInt8] {
        let pixelCount = samples.count / 4
        return [UInt8](unsafeUninitializedCapacity: 3 * pixelCount) { buffer, count in
            for pixel in 0..<pixelCount {
                let black = Int(samples[4 * pixel + 3])
                for channel in 0..<3 {
                    buffer[3 * pixel + channel] = UInt8((Int(samples[4 * pixel + channel]) * black + 127) / 255)
                }
            }
            count = 3 * pixelCount
        }
    }

    /// Whether an end-of-image marker follows the last start of a scan.
    private var hasEnd: Bool {
        for position in stride(from: bytes.count - 2, to: 0, by: -1) where bytes[position] == 0xff {
            if bytes[position + 1] == 0xd9 { return true }
            if bytes[position + 1] == 0xda { return false }
        }
        return false
    }
}
