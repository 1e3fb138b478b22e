import CTurboJPEG

/// Decodes a JPEG.
struct JPEGDecoder {
    private let header: JPEGHeader
    private let bytes: [UInt8]
    private let path: String
    private let codec: TurboJPEG

    private var width: Int { header.stored.width }
    private var height: Int { header.stored.height }
    private var isCMYK: Bool { header.componentCount == 4 }

    /// Reads the header.
    ///
    /// - Throws: ``ImageError/tooLarge(path:width:height:)`` and errors in the content.
    init(_ bytes: [UInt8], path: String) throws(ImageError) {
        header = try JPEGHeader(ByteSource(bytes, path: path))
        try requireDecodable(width: header.stored.width, height: header.stored.height, path: path)
        guard let codec = TurboJPEG(.decoding) else { throw .corrupt(path: path, reason: "there is no JPEG decoder") }
        self.bytes = bytes
        self.path = path
        self.codec = codec
    }

    /// The factors by which decoding can reduce the size, in ascending order. Fractions are rounded up.
    private static let reductions: [Int] = {
        var count: Int32 = 0
        let factors = UnsafeBufferPointer(start: tjGetScalingFactors(&count), count: Int(count))
        // The others have slower code, and 1/2, 1/4 and 1/8 are close enough to any.
        return [1, 2, 4, 8].filter { wanted in factors.contains { $0.num == 1 && $0.denom == wanted } }
    }()

    /// The largest reduction that leaves a side of `extent` pixels at least `wanted`.
    ///
    /// Never less than 16 pixels: the decoder takes a size, not a scale, and below that two scales give the same size.
    private static func reduction(of extent: Int, to wanted: Double) -> Int {
        reductions.last { Double(extent) / Double($0) >= max(wanted, 16) } ?? 1
    }

    /// The image as stored, before rotation; as coarse as possible while its longer side keeps this many pixels.
    ///
    /// After damage the decoder continues with grey, so it is told to stop at the first warning, which also prevents a small file with
    /// large claims from costing much time. If only bytes between segments or at the end are wrong, a file rebuilt without them is decoded.
    func image(longerSide: Double) throws(ImageError) -> StoredImage {
        let reduction = Self.reduction(of: max(width, height), to: longerSide)
        switch decode(bytes, reduction, isStrict: true) {
        case .success(let image): return stored(image, reduction, remark: nil)
        case .failure(let complaint): return try rebuiltImage(reduction, after: complaint)
        }
    }

    private func rebuiltImage(_ reduction: Int, after complaint: JPEGComplaint) throws(ImageError) -> StoredImage {
        guard let rebuilt = JPEGRebuild(bytes) else { throw complaint.error(path: path) }
        var remark: ImageWarning? = rebuilt.strayByteCount > 0 ? .strayBytes : nil
        var result = decode(rebuilt.bytes, reduction, isStrict: true)
        if case .failure(let second) = result {
            guard second.isHarmless else { throw (complaint.isHarmless ? second : complaint).error(path: path) }
            if second.isAboutStrayBytes { remark = .strayBytes }
            // Only the first warning is reported: a truncation may hide behind a harmless one.
            guard rebuilt.hadEnd || second.isAboutStrayBytes else { throw .truncated(path: path) }
            result = decode(rebuilt.bytes, reduction, isStrict: false)
        }
        switch result {
        case .success(let image):
            // Files that lack their last scans decode without a warning.
            guard rebuilt.hadEnd || rebuilt.isComplete else { throw .truncated(path: path) }
            return stored(image, reduction, remark: rebuilt.hadEnd ? remark : .missingEnd)
        case .failure(let complaint): throw complaint.error(path: path)
        }
    }

    private func stored(_ image: Image, _ reduction: Int, remark: ImageWarning?) -> StoredImage {
        var stored = StoredImage(image, orientation: header.stored.orientation, remark: remark)
        (stored.width, stored.height, stored.reduction) = (width, height, reduction)
        return stored
    }

    private func decode(_ bytes: [UInt8], _ reduction: Int, isStrict: Bool) -> Result<Image, JPEGComplaint> {
        let width = (width + reduction - 1) / reduction
        let height = (height + reduction - 1) / reduction
        let size = (isCMYK ? 4 : 3) * width * height
        let format = isCMYK ? TJPF_CMYK : TJPF_RGB
        let flags = TJFLAG_LIMITSCANS | (isStrict ? TJFLAG_STOPONWARNING : 0)
        var complaint: JPEGComplaint?
        let samples = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            let status = bytes.withUnsafeBufferPointer { source in
                tjDecompress2(
                    codec.handle, source.baseAddress, UInt(source.count), buffer.baseAddress, Int32(width), 0,
                    Int32(height), Int32(format.rawValue), flags)
            }
            complaint = codec.complaint(status)
            if let complaint, isStrict || !complaint.isHarmless { return }
            count = size
        }
        if let complaint, samples.isEmpty { return .failure(complaint) }
        return .success(Image(width: width, height: height, pixels: isCMYK ? Self.rgb(cmyk: samples) : samples))
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
}
