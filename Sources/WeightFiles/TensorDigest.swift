import Foundation
import Tensors

/// One tensor of a safetensors file, for the hash of the file's content.
///
/// The hash is about the content, not its layout: a program that only reorders a file keeps it.
struct TensorDigest {
    let name: String
    /// The data type's name in the format: `F32`.
    let kind: String
    let shape: [Int]
    /// Calls a function with the tensor's bytes.
    let withBytes: ((UnsafeRawBufferPointer) -> UInt64) -> UInt64

    /// The hash of tensors and metadata, as sixteen hexadecimal digits.
    static func hash(_ tensors: [TensorDigest], metadata: [String: String]) -> String {
        var hashes = [UInt64](repeating: 0, count: tensors.count)
        hashes.withUnsafeMutableBufferPointer { hashes in
            // Each item writes its own element only.
            nonisolated(unsafe) let hashes = hashes
            nonisolated(unsafe) let tensors = tensors
            Parallel.forEach(tensors.count) { index, _ in
                let tensor = tensors[index]
                let seed = XXHash64.hash("\(tensor.kind)\(tensor.shape)\(tensor.name)")
                hashes[index] = tensor.withBytes { XXHash64.hash($0, seed: seed) }
            }
        }
        let words = hashes.sorted().map(\.littleEndian)
        var hash = words.withUnsafeBytes { XXHash64.hash($0) }
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            hash = XXHash64.hash(value, seed: XXHash64.hash(key, seed: hash))
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension SafeTensorsFile {
    /// The key of the content's hash in the metadata of written files. It is not part of ``metadata``.
    static let hashKey = "contentHash"
}
