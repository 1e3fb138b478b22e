/// Extracts numbers of any width from rows of bytes.
struct TIFFSamples {
    let bitCount: Int
    let number: TIFFLayout.Number

    init(_ layout: TIFFLayout) { (bitCount, number) = (layout.bitCount, layout.number) }

    /// The number at an index of a row, whose bytes libtiff has converted to native order.
    func value(_ row: UnsafeRawBufferPointer, _ index: Int) -> Float {
        switch (number, bitCount) {
        case (.unsigned, 8): Float(row[index])
        case (.unsigned, 16): Float(row.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
        case (.unsigned, 32): Float(row.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
        case (.unsigned, 64): Float(row.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
        case (.signed, 8): Float(Int8(bitPattern: row[index]))
        case (.signed, 16): Float(row.loadUnaligned(fromByteOffset: 2 * index, as: Int16.self))
        case (.signed, 32): Float(row.loadUnaligned(fromByteOffset: 4 * index, as: Int32.self))
        case (.signed, 64): Float(row.loadUnaligned(fromByteOffset: 8 * index, as: Int64.self))
        case (.real, 16): half(row.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
        case (.real, 32): row.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
        case (.real, 64): Float(row.loadUnaligned(fromByteOffset: 8 * index, as: Double.self))
        default: packed(row, index)
        }
    }

    /// A number whose bits directly follow those of the number before.
    private func packed(_ row: UnsafeRawBufferPointer, _ index: Int) -> Float {
        var value: UInt64 = 0
        let start = index * bitCount
        if bitCount == 24 {
            for byte in 0..<3 { value |= UInt64(row[3 * index + byte]) << UInt64(8 * byte) }
        } else {
            let (first, last) = (start / 8, (start + bitCount - 1) / 8)
            for byte in first...last { value = value << 8 | UInt64(row[byte]) }
            value = value >> UInt64(8 * (last + 1) - start - bitCount) & (1 << UInt64(bitCount) - 1)
        }
        if number == .signed && value >> UInt64(bitCount - 1) == 1 { return Float(Int64(value) - 1 << Int64(bitCount)) }
        return Float(value)
    }

    private func half(_ bits: UInt16) -> Float {
        let (exponent, fraction) = (Int(bits >> 10 & 31), Float(bits & 1023))
        let sign: Float = bits >> 15 == 1 ? -1 : 1
        switch exponent {
        case 0: return sign * fraction * 0x1p-24
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default: return sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
        }
    }
}
