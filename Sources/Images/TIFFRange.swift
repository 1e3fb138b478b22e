/// The sample values of a TIFF that are black and white.
struct TIFFRange {
    let black, white: Float

    /// The range of samples for which the type alone is decisive: colours, and grey of up to eight bits.
    init(bitCount: Int) { (black, white) = (0, Float(sign: .plus, exponent: bitCount, significand: 1) - 1) }

    /// The range of deeper grey, of which cameras and microscopes use only a part: with 12 bits in 16, for example, using the type's full
    /// range would make the image black. The range is
    /// - for unsigned integers, the narrowest of 8, 10, 12, 14, 16, 24 and 32 bits that holds the brightest sample;
    /// - for floats, 0 to 1 or 0 to 255, if all samples lie within;
    /// - otherwise from the darkest sample to the brightest.
    init(of samples: [Float], number: TIFFLayout.Number) {
        var (least, most) = (Float.infinity, -Float.infinity)
        for sample in samples where sample.isFinite {
            least = min(least, sample)
            most = max(most, sample)
        }
        guard least <= most else {
            (black, white) = (0, 1)
            return
        }
        switch number {
        case .real where least >= 0 && most <= 1: (black, white) = (0, 1)
        case .real where least >= 0 && most <= 255: (black, white) = (0, 255)
        case .unsigned, .signed:
            if least < 0 { fallthrough }
            let bits = [8, 10, 12, 14, 16, 24, 32].first { most < Float(sign: .plus, exponent: $0, significand: 1) }
            (black, white) = (0, Float(sign: .plus, exponent: bits ?? 64, significand: 1) - 1)
        default: (black, white) = (least, most > least ? most : least + 1)
        }
    }

    /// 0 to 255; NaN is black.
    func byte(_ sample: Float) -> UInt8 {
        let scaled = ((sample - black) / (white - black) * 255).rounded()
        return scaled >= 255 ? 255 : scaled > 0 ? UInt8(scaled) : 0
    }
}
