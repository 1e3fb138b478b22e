import CTIFF

/// The layout of a TIFF's samples, and their meaning.
struct TIFFLayout {
    enum Color { case gray, whiteIsZero, rgb, cmyk, palette }
    enum Number { case unsigned, signed, real }

    let width, height: Int
    let color: Color
    let number: Number
    let bitCount: Int
    /// The number of samples per pixel, including those beyond its colours.
    let sampleCount: Int
    /// Whether each sample has a plane of its own.
    let isSeparate: Bool
    let opacity: Opacity?

    struct Opacity {
        /// The index of the opacity among a pixel's samples.
        let sample: Int
        /// Whether colours are premultiplied by the opacity.
        let isMultiplied: Bool
    }

    /// The number of samples of a pixel's colour.
    var colorCount: Int {
        switch color {
        case .gray, .whiteIsZero, .palette: 1
        case .rgb: 3
        case .cmyk: 4
        }
    }

    /// - Returns: nil for images left to libtiff's own conversion: subsampled and perceptual colours.
    init?(_ handle: TIFFHandle, width: Int, height: Int) {
        (self.width, self.height) = (width, height)
        bitCount = handle.value16(TIFFTAG_BITSPERSAMPLE) ?? 1
        sampleCount = handle.value16(TIFFTAG_SAMPLESPERPIXEL) ?? 1
        isSeparate = handle.value16(TIFFTAG_PLANARCONFIG) == Int(PLANARCONFIG_SEPARATE) && sampleCount > 1
        let compression = handle.value16(TIFFTAG_COMPRESSION).map(Int32.init) ?? COMPRESSION_NONE
        switch handle.value16(TIFFTAG_SAMPLEFORMAT).map(Int32.init) {
        case SAMPLEFORMAT_UINT, SAMPLEFORMAT_VOID, nil: number = .unsigned
        case SAMPLEFORMAT_INT: number = .signed
        case SAMPLEFORMAT_IEEEFP: number = .real
        default: return nil
        }
        let isJPEG = compression == COMPRESSION_JPEG
        switch handle.value16(TIFFTAG_PHOTOMETRIC).map(Int32.init) {
        case PHOTOMETRIC_MINISBLACK: color = .gray
        // Fax images sometimes omit the field, and have white paper.
        case PHOTOMETRIC_MINISWHITE: color = .whiteIsZero
        case PHOTOMETRIC_RGB: color = .rgb
        case PHOTOMETRIC_PALETTE: color = .palette
        case PHOTOMETRIC_SEPARATED: color = .cmyk
        case PHOTOMETRIC_YCBCR where isJPEG && !isSeparate && sampleCount == 3:
            handle.set(TIFFTAG_JPEGCOLORMODE, to: JPEGCOLORMODE_RGB)
            color = .rgb
        case nil: color = sampleCount >= 3 ? .rgb : compression == COMPRESSION_NONE ? .gray : .whiteIsZero
        default: return nil
        }
        if compression == COMPRESSION_OJPEG { return nil }
        let kinds = handle.extraSamples
        let colors = sampleCount - kinds.count
        let first = kinds.firstIndex { $0 == Int(EXTRASAMPLE_ASSOCALPHA) || $0 == Int(EXTRASAMPLE_UNASSALPHA) }
        var opacity = first.map {
            Opacity(sample: colors + $0, isMultiplied: kinds[$0] == Int(EXTRASAMPLE_ASSOCALPHA))
        }
        if color == .palette || number == .real { opacity = nil }
        self.opacity = opacity
        guard sampleCount >= colorCount, (1...32).contains(bitCount) || bitCount == 64 else { return nil }
        if number == .real && ![16, 32, 64].contains(bitCount) { return nil }
        if color == .palette && bitCount > 16 { return nil }
    }
}
