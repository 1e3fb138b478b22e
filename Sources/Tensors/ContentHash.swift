/// FNV-1a, 64 bits (Fowler, Noll, Vo): equal contents have equal hashes on every machine and in every run. No protection against
/// somebody who looks for two contents with one hash.
public struct ContentHash: Hashable, Sendable {
    /// The hash of what was added so far.
    public private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    /// The hash of nothing.
    public init() {}

    /// The hash of a text's UTF-8 bytes.
    public init(_ text: String) { add(text.utf8) }

    /// Adds bytes.
    public mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }

    /// Adds a text and its end, so that "ab", "c" and "a", "bc" differ.
    public mutating func add(item text: String) {
        add(text.utf8)
        add(CollectionOfOne(0xff))
    }

    /// Adds numbers by their bits.
    public mutating func add(_ numbers: [Double]) {
        for number in numbers { withUnsafeBytes(of: number.bitPattern.littleEndian) { add($0) } }
    }

    /// Up to sixteen digits.
    public var hexadecimal: String { String(value, radix: 16) }
}
