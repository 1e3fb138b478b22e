import Datasets
import Foundation
import Images
import Synchronization
import Tensors

/// What a look at all of an image's file says, beyond its header.
struct ImageCheck: Sendable {
    /// What the file's bytes hash to; nil when it cannot be read.
    var contentHash: UInt64?
    var byteCount = 0
    /// Why it cannot be decoded, if so.
    var failure: String?
    /// What is odd about it although it was decoded in full, if anything.
    var remark: ImageRemark?

    /// Reads and decodes many images, on all cores; in order.
    static func check(_ images: [URL?]) -> [ImageCheck] {
        let results = Mutex([ImageCheck](repeating: ImageCheck(), count: images.count))
        Parallel.forEach(images.count) { index, _ in
            guard let url = images[index] else { return }
            let result = ImageCheck(url)
            results.withLock { $0[index] = result }
        }
        return results.withLock { $0 }
    }

    private init() {}

    private init(_ url: URL) {
        // The decoder says best what is wrong with it, and refuses sizes that must not be read.
        do { remark = try Image.decode(contentsOf: url).remark } catch {
            failure = "\(error)"
            return
        }
        guard let data = try? Data(contentsOf: url) else { return }
        byteCount = data.count
        contentHash = Self.hash(data)
    }

    /// FNV-1a, eight bytes at a time.
    private static func hash(_ data: Data) -> UInt64 {
        data.withUnsafeBytes { bytes in
            var hash: UInt64 = 0xcbf2_9ce4_8422_2325
            var position = 0
            while position + 8 <= bytes.count {
                hash = (hash ^ bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)) &* 0x100_0000_01b3
                hash ^= hash >> 29
                position += 8
            }
            for byte in bytes[position...] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            return hash
        }
    }

    /// Groups of positions of images that are equal byte for byte, in order.
    static func duplicates(_ checks: [ImageCheck], files: [URL?]) -> [[Int]] {
        struct Key: Hashable { var hash: UInt64, byteCount: Int }
        var groups: [Key: [Int]] = [:]
        for (index, check) in checks.enumerated() {
            guard let hash = check.contentHash else { continue }
            groups[Key(hash: hash, byteCount: check.byteCount), default: []].append(index)
        }
        return groups.values.filter { $0.count > 1 }.compactMap { group in
            // Equal hashes are nearly always equal files; the first one decides.
            let first = files[group[0]].flatMap { try? Data(contentsOf: $0) }
            let equal = group.filter { index in files[index].flatMap { try? Data(contentsOf: $0) } == first }
            return equal.count > 1 ? equal : nil
        }.sorted { $0[0] < $1[0] }
    }
}
