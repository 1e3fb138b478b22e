import Tensors

/// A generator of new files from old ones, reproducible by seed.
struct Mutation {
    var random: SeededGenerator
    let words: [[UInt8]]

    /// Numbers at which arithmetic tends to fail.
    private static let numbers: [UInt64] = [
        0, 1, 2, 3, 4, 8, 16, 64, 127, 128, 255, 256, 1000, 32767, 32768, 65535, 65536, 1 << 24, (1 << 31) - 1, 1 << 31,
        (1 << 32) - 1, 1 << 32, 10_000_000_000, (1 << 62) - 1, 1 << 62, (1 << 63) - 1, 1 << 63, .max - 7, .max,
    ]

    /// Returns a file with a few changes, some of them with parts of another file.
    mutating func mutate(_ original: [UInt8], with other: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0..<(1 << random.integer(in: 0...4)) { change(&bytes, other) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8], _ other: [UInt8]) {
        guard !bytes.isEmpty else {
            bytes = [UInt8(random.integer(in: 0...255))]
            return
        }
        let place = random.integer(in: 0...bytes.count - 1)
        switch random.integer(in: 0...10) {
        case 0: bytes[place] ^= 1 << UInt8(random.integer(in: 0...7))
        case 1: bytes[place] = UInt8(random.integer(in: 0...255))
        case 2: writeNumber(&bytes, at: place)
        case 3: bytes[place] = bytes[place] &+ UInt8(truncatingIfNeeded: random.integer(in: -4...4))
        case 4: bytes.removeSubrange(range(in: bytes, from: place))
        case 5: bytes.insert(contentsOf: Array(bytes[range(in: bytes, from: place)]), at: place)
        case 6: bytes.removeLast(random.integer(in: 0...min(bytes.count - 1, 64)))
        case 7 where !other.isEmpty:
            let part = other[range(in: other, from: random.integer(in: 0...other.count - 1))]
            bytes.replaceSubrange(range(in: bytes, from: place), with: part)
        case 8 where !words.isEmpty:
            bytes.insert(contentsOf: words[random.integer(in: 0...words.count - 1)], at: place)
        case 9: changeDigits(&bytes, from: place)
        default: bytes.insert(UInt8(random.integer(in: 0...255)), at: place)
        }
    }

    private mutating func range(in bytes: [UInt8], from start: Int) -> Range<Int> {
        let longest = random.chance(0.2) ? 256 : 16
        return start..<min(bytes.count, start + random.integer(in: 1...longest))
    }

    private mutating func writeNumber(_ bytes: inout [UInt8], at place: Int) {
        var number = Self.numbers[random.integer(in: 0...Self.numbers.count - 1)]
        if random.chance(0.2) { number = number.byteSwapped }
        for index in 0..<(1 << random.integer(in: 1...3)) where place + index < bytes.count {
            bytes[place + index] = UInt8(truncatingIfNeeded: number >> (8 * index))
        }
    }

    /// Replaces the next number in the text by another one.
    private mutating func changeDigits(_ bytes: inout [UInt8], from place: Int) {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard let start = bytes[place...].firstIndex(where: digits.contains) else { return }
        let end = bytes[start...].firstIndex { !digits.contains($0) } ?? bytes.endIndex
        let number = Self.numbers[random.integer(in: 0...Self.numbers.count - 1)]
        bytes.replaceSubrange(start..<end, with: "\(random.chance(0.1) ? "-" : "")\(number)".utf8)
    }
}
