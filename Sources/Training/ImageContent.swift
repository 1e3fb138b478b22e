import Datasets
import Foundation
import Tensors

extension DetectionDataset {
    /// A hash of the image files: of all their bytes if the files together have at most ``ImageContent/wholeUpTo`` bytes, otherwise of each
    /// file's size, beginning, middle and end.
    ///
    /// Reading COCO's 19 GB at every start would take minutes. An image that was exchanged, cropped or compressed anew has another size or
    /// another beginning; pixels painted over in an uncompressed file are only noticed in smaller data sets.
    var imageContentHash: String {
        let files = samples.map(\.imageURL.path)
        let sizes = ImageContent.map(files.count) { UInt64(bitPattern: Int64(ImageContent.size(of: files[$0]))) }
        let total = sizes.reduce(0) { $0 &+ UInt64(max(0, Int64(bitPattern: $1))) }
        let isWhole = total <= ImageContent.wholeUpTo
        let hashes = ImageContent.map(files.count) { index in
            let size = Int(Int64(bitPattern: sizes[index]))
            return ImageContent.hash(of: files[index], size: size, isWhole: isWhole)
        }
        return String(hashes.withUnsafeBytes { XXHash64.hash($0) }, radix: 16)
    }
}

/// Reads image files for the hash of their content.
enum ImageContent {
    /// The size in bytes of the largest data set whose images are read entirely.
    static let wholeUpTo: UInt64 = 1 << 30
    /// The number of bytes of each of the three parts that are read of images of larger data sets.
    static let partSize = 4096
    private static let bufferSize = 1 << 20

    /// The size of a file; -1 when there is none.
    static func size(of path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : -1
    }

    /// The hash of a file's size and content; of its size alone when it cannot be read.
    static func hash(of path: String, size: Int, isWhole: Bool) -> UInt64 {
        var hash = UInt64(bitPattern: Int64(size))
        let descriptor = size > 0 ? open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1
        guard descriptor >= 0 else { return hash }
        defer { close(descriptor) }
        let parts: [Range<Int>]
        if isWhole || size <= 3 * partSize {
            parts = stride(from: 0, to: size, by: bufferSize).map { $0..<min(size, $0 + bufferSize) }
        } else {
            parts = [0, (size - partSize) / 2, size - partSize].map { $0..<$0 + partSize }
        }
        withUnsafeTemporaryAllocation(byteCount: parts.map(\.count).max() ?? 0, alignment: 8) { buffer in
            for part in parts {
                let count = pread(descriptor, buffer.baseAddress, part.count, off_t(part.lowerBound))
                hash = XXHash64.hash(UnsafeRawBufferPointer(rebasing: buffer[..<max(0, count)]), seed: hash)
            }
        }
        return hash
    }

    /// Computes one number for each index, on all cores.
    static func map(_ count: Int, _ body: (Int) -> UInt64) -> [UInt64] {
        var numbers = [UInt64](repeating: 0, count: count)
        numbers.withUnsafeMutableBufferPointer { numbers in
            // Each index has its own element.
            nonisolated(unsafe) let numbers = numbers
            Parallel.forEach(count) { index, _ in numbers[index] = body(index) }
        }
        return numbers
    }
}
