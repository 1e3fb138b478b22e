/// Which samples of a TIFF are black and which are as bright as can be.
struct TIFFRange {
    let black, white: Float

    /// Of samples whose type alone tells: colours, and grey of up to eight bits.
    init(bitCount: Int) { (black, white) = (0, Float(sign: .plus, exponent: bitCount, significand: 1) - 1) }

    /// Of grey of more bits, which cameras and microscopes fill to a part: with 12 bits in 16, say, where taking the type's full
    /// range for the image's would make it black. The range is
    /// - for whole numbers without a sign, the narrowest of 8, 10, 12, 14, 16, 24 and 32 bits that holds the brightest sample;
    /// - for real ones, 0 to 1 or 0 to 255, if all samples lie within;
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

    /// 0 to 255; what is not a number is black.
    func byte(_ sample: Float) -> UInt8 {
        let scaled = ((sample - black) / (white - black) * 255).rounded()
        return scaled >= 255 ? 255 : scaled > 0 ? UInt8(scaled) : 0
    }
}
