import Foundation
import Images
import Synchronization

/// A cache of decoded images, up to a number of bytes.
///
/// Cached images are never evicted: every epoch uses every image once, so evicting the least recently used image would evict the one needed
/// next.
final class ImageCache: Sendable {
    private struct Content {
        var images: [Int: ScaledImage] = [:]
        var bytes = 0
    }

    private let content = Mutex(Content())
    private let limit: Int
    private let longerSide: Double

    /// - Parameter longerSide: The largest length, in pixels, of an image's longer side in any view.
    init(bytes limit: Int, longerSide: Double) {
        self.limit = limit
        self.longerSide = longerSide
    }

    /// Returns the image with this index, reading its file unless it is cached.
    func image(_ index: Int, file: URL) throws(ImageError) -> ScaledImage {
        if let known = content.withLock({ $0.images[index] }) { return known }
        let image = try ScaledImage(contentsOf: file, longerSide: longerSide)
        content.withLock { content in
            let size = image.image.pixels.count
            guard content.images[index] == nil, content.bytes + size <= limit else { return }
            content.images[index] = image
            content.bytes += size
        }
        return image
    }
}
