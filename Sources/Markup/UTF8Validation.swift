/// Returns the position of the first byte that makes a text invalid UTF-8; nil when it is valid.
func firstInvalidUTF8(in bytes: [UInt8]) -> Int? {
    bytes.withUnsafeBytes { bytes in
        var position = 0
        while position < bytes.count {
            if position + 8 <= bytes.count,
                bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            {
                position += 8
            } else if bytes[position] < 0x80 {
                position += 1
            } else if let length = lengthOfCharacter(bytes[position...]) {
                position += length
            } else {
                return position
            }
        }
        return nil
    }
}

/// Returns the length in bytes of the non-ASCII character at the start of a text; nil when invalid. See table 3-7 of the Unicode standard.
@inline(__always)
private func lengthOfCharacter(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int? {
    let start = bytes.startIndex
    let (length, second): (Int, ClosedRange<UInt8>)
    switch bytes[start] {
    case 0xc2...0xdf: (length, second) = (2, 0x80...0xbf)
    case 0xe0: (length, second) = (3, 0xa0...0xbf)
    case 0xed: (length, second) = (3, 0x80...0x9f)
    case 0xe1...0xef: (length, second) = (3, 0x80...0xbf)
    case 0xf0: (length, second) = (4, 0x90...0xbf)
    case 0xf1...0xf3: (length, second) = (4, 0x80...0xbf)
    case 0xf4: (length, second) = (4, 0x80...0x8f)
    default: return nil
    }
    guard bytes.count >= length, second.contains(bytes[start + 1]) else { return nil }
    for index in 2..<max(2, length) where bytes[start + index] & 0xc0 != 0x80 { return nil }
    return length
}
