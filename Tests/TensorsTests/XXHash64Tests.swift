import Tensors
import Testing

@Suite struct XXHash64Tests {
    /// Values of the reference implementation.
    @Test(
        arguments: [
            ("", 0xef46_db37_51d8_e999), ("abc", 0x44bc_2cf5_ad77_0999),
            ("Nobody inspects the spammish repetition", 0xfbce_a83c_8a37_8bf1),
        ] as [(String, UInt64)])
    func knownHashes(text: String, hash: UInt64) { #expect(XXHash64.hash(text) == hash) }

    @Test func everyByteAndTheSeedCount() {
        let bytes = (0..<77).map { UInt8($0) }
        let whole = bytes.withUnsafeBytes { XXHash64.hash($0) }
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 0x10
            #expect(other.withUnsafeBytes { XXHash64.hash($0) } != whole)
        }
        #expect(bytes.withUnsafeBytes { XXHash64.hash($0, seed: 1) } != whole)
    }
}
