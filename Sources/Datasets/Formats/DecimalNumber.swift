/// Parses a number like the other `plainNumber`, but is fast for the plain decimals that fill label files.
func plainNumber(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    var (mantissa, digits, decimals) = (0, 0, 0)
    var (isNegative, hasPoint, isPlain) = (false, false, true)
    for (index, byte) in text.enumerated() {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            mantissa = mantissa &* 10 &+ Int(byte &- UInt8(ascii: "0"))
            digits += 1
            if hasPoint { decimals += 1 }
        case UInt8(ascii: ".") where !hasPoint: hasPoint = true
        case UInt8(ascii: "-") where index == 0: isNegative = true
        default: isPlain = false
        }
    }
    // The integer and the power of ten are exact, so the quotient is rounded once, to the nearest number.
    guard isPlain, (1...15).contains(digits) else { return plainNumber(String(decoding: text, as: UTF8.self)) }
    let value = Double(mantissa) / powersOfTen[decimals]
    return isPlace(value) ? (isNegative ? -value : value) : nil
}

private let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
]
