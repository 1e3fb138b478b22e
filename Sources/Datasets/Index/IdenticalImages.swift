import Foundation
import Synchronization
import Tensors

/// Finds images whose files are equal byte for byte.
///
/// Sizes are compared first, then the files' beginnings: only files that agree in both are read as a whole, which takes seconds for a
/// hundred thousand photographs.
package enum IdenticalImages {
    /// Returns a number for each image: that of the first image with an identical file, or its own. A file that cannot be read is equal to
    /// none but itself.
    package static func groups(of samples: [Sample]) -> [Int] {
        let files = samples.map(\.imageURL)
        var groups = Array(files.indices)
        for (index, first) in firsts(of: files) { groups[index] = first }
        var candidates = Dictionary(grouping: files.indices.filter { groups[$0] == $0 }) { size(of: files[$0]) }
        candidates[nil] = nil
        var rest = candidates.values.filter { $0.count > 1 }
        for limit in [beginning, Int.max] {
            rest = rest.flatMap { same in
                let hashes = hashes(of: same.map { files[$0] }, upTo: limit)
                let readable = zip(same, hashes).filter { $0.1 != nil }
                return Dictionary(grouping: readable) { $0.1 }.values.map { $0.map(\.0) }
            }.filter { $0.count > 1 }
        }
        for same in rest {
            guard let first = same.min() else { continue }
            for index in same { groups[index] = first }
        }
        // An image that is in the list twice follows its first entry.
        return groups.map { groups[$0] }
    }

    private static let beginning = 4096
    private static let pieceSize = 1 << 20

    /// The entries that name the same path as an earlier one, with that one.
    private static func firsts(of files: [URL]) -> [(Int, Int)] {
        var known: [URL: Int] = [:]
        return files.enumerated().compactMap { index, file in
            if let first = known[file] { return (index, first) }
            known[file] = index
            return nil
        }
    }

    /// The size of a regular file: opening a pipe would wait for its writer.
    private static func size(of file: URL) -> Int? {
        var status = stat()
        guard stat(file.path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    private static func hashes(of files: [URL], upTo limit: Int) -> [UInt64?] {
        let results = Mutex([UInt64?](repeating: nil, count: files.count))
        Parallel.forEach(files.count) { index, _ in
            let hash = hash(of: files[index], upTo: limit)
            results.withLock { $0[index] = hash }
        }
        return results.withLock { $0 }
    }

    private static func hash(of file: URL, upTo limit: Int) -> UInt64? {
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            var (hash, count) = (ContentHash(), 0)
            // At the end there is nothing more.
            while count < limit, let piece = try handle.read(upToCount: min(pieceSize, limit - count)), !piece.isEmpty {
                piece.withUnsafeBytes { hash.add($0) }
                count += piece.count
            }
            return hash.value
        } catch { return nil }
    }
}
