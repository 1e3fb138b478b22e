import Foundation

/// The value of a well-formed number.
struct JSONNumber {
    /// The nearest `Double`; infinite when the number is too large.
    let value: Double
    /// The exact number, if it has no fraction or exponent and fits.
    let integer: Int?

    /// Powers of ten that are exact as `Double`: a product or quotient with one of them is rounded once, so it is correct.
    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    /// Parses a text that is entirely a number.
    init(_ text: UnsafeBufferPointer<UInt8>) {
        var digits = Digits()
        digits.read(text)
        let sign: FloatingPointSign = digits.isNegative ? .minus : .plus
        if let word = digits.word {
            value = Double(sign: sign, exponent: 0, significand: word)
            integer = nil
            return
        }
        let magnitude = digits.mantissa
        if digits.isWhole && !digits.isCut && magnitude <= UInt64(Int.max) + (digits.isNegative ? 1 : 0) {
            integer = digits.isNegative ? Int(truncatingIfNeeded: 0 &- magnitude) : Int(magnitude)
        } else {
            integer = nil
        }
        let isShort = !digits.isCut && magnitude < 1 << 53 && abs(digits.exponent) <= 22
        if isShort {
            let power = Self.powers[abs(digits.exponent)]
            let short = digits.exponent < 0 ? Double(magnitude) / power : Double(magnitude) * power
            value = digits.isNegative ? -short : short
        } else {
            value = Double(sign: sign, exponent: 0, significand: Self.slow(text))
        }
    }

    /// Returns the magnitude of any number by the system's `strtod`, which handles any number of digits.
    @inline(never)
    private static func slow(_ text: UnsafeBufferPointer<UInt8>) -> Double {
        // No double lies between two decimals of 800 digits that differ only in the last one.
        let maximumDigits = 800
        var digits: [CChar] = []
        digits.reserveCapacity(min(text.count, maximumDigits) + 32)
        var (exponent, isFraction, isCut) = (0, false, false)
        var rest = text[...]
        while let byte = rest.popFirst(), byte | 0x20 != UInt8(ascii: "e") {
            switch byte {
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if digits.isEmpty && byte == UInt8(ascii: "0") {
                    exponent -= isFraction ? 1 : 0
                } else if digits.count < maximumDigits {
                    digits.append(CChar(byte))
                    exponent -= isFraction ? 1 : 0
                } else {
                    isCut = isCut || byte != UInt8(ascii: "0")
                    exponent += isFraction ? 0 : 1
                }
            default: break
            }
        }
        if digits.isEmpty { return 0 }
        if isCut {
            digits.append(CChar(UInt8(ascii: "1")))
            exponent -= 1
        }
        exponent += Digits.exponent(rest)
        digits += "e\(exponent)".utf8CString
        return strtod(digits, nil)
    }
}

/// The first digits of a number, as many as fit 64 bits, and a summary of the others.
private struct Digits {
    var isNegative = false
    var mantissa: UInt64 = 0
    /// The exponent of ten of the mantissa's factor.
    var exponent = 0
    /// Whether there is neither a point nor an exponent.
    var isWhole = true
    /// Whether there were more digits.
    var isCut = false
    /// The value of a number written as a word.
    var word: Double?

    @inline(__always)
    mutating func read(_ text: UnsafeBufferPointer<UInt8>) {
        var position = 0
        var (mantissa, pointAt) = (mantissa, -1)
        if text[0] == UInt8(ascii: "-") {
            isNegative = true
            position = 1
        }
        while position < text.count {
            let byte = text[position]
            let digit = byte &- UInt8(ascii: "0")
            if digit < 10 {
                // Ten times this plus nine still fits.
                if mantissa > 999_999_999_999_999_999 {
                    isCut = true
                    break
                }
                mantissa = mantissa &* 10 &+ UInt64(digit)
            } else if byte == UInt8(ascii: ".") {
                pointAt = position
            } else {
                break
            }
            position += 1
        }
        self.mantissa = mantissa
        if pointAt >= 0 {
            isWhole = false
            exponent = pointAt + 1 - position
        }
        if position < text.count { readRest(text, position) }
    }

    @inline(never)
    private mutating func readRest(_ text: UnsafeBufferPointer<UInt8>, _ position: Int) {
        switch text[position] | 0x20 {
        case UInt8(ascii: "e"):
            isWhole = false
            exponent += Self.exponent(text[(position + 1)...])
        case UInt8(ascii: "i"): word = .infinity
        case UInt8(ascii: "n"): word = .nan
        default: break
        }
    }

    /// Returns the value of an exponent's digits; huge exponents are limited to some large value.
    static func exponent(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
        var exponent = 0
        for byte in text where byte &- UInt8(ascii: "0") < 10 && exponent < 1 << 48 {
            exponent = exponent * 10 + Int(byte &- UInt8(ascii: "0"))
        }
        return text.first == UInt8(ascii: "-") ? -exponent : exponent
    }
}
