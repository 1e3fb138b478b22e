import Datasets
import Foundation
import Images
import Synchronization
import Tensors

/// The result of reading and decoding a whole image file.
struct ImageCheck: Sendable {
    /// What the file's bytes hash to; nil when it cannot be read.
    var contentHash: ContentHash?
    var byteCount = 0
    /// The reason why the image cannot be decoded, if any.
    var failure: String?
    /// A defect of an image that was nevertheless decoded completely, if any.
    var remark: ImageWarning?

    /// Reads and decodes many images on all cores; the results are in the order of the images.
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
        // The decoder gives the best error message, and refuses files that are too large to read.
        do { remark = try Image.decode(contentsOf: url).remark } catch {
            failure = "\(error)"
            return
        }
        guard let data = try? Data(contentsOf: url) else { return }
        byteCount = data.count
        var hash = ContentHash()
        data.withUnsafeBytes { hash.add($0) }
        contentHash = hash
    }

    /// Returns groups of positions of images that are equal byte for byte, in order.
    static func duplicates(_ checks: [ImageCheck], files: [URL?]) -> [[Int]] {
        struct Key: Hashable { var hash: ContentHash, byteCount: Int }
        var groups: [Key: [Int]] = [:]
        for (index, check) in checks.enumerated() {
            guard let hash = check.contentHash else { continue }
            groups[Key(hash: hash, byteCount: check.byteCount), default: []].append(index)
        }
        return groups.values.filter { $0.count > 1 }.compactMap { group in
            // Files with equal hashes are nearly always equal; each is compared with the first.
            let first = files[group[0]].flatMap { try? Data(contentsOf: $0) }
            let equal = group.filter { index in files[index].flatMap { try? Data(contentsOf: $0) } == first }
            return equal.count > 1 ? equal : nil
        }.sorted { $0[0] < $1[0] }
    }
}
