import Foundation
import Images
import Synchronization

/// Keeps decoded images while they fit into a number of bytes.
///
/// What is in stays in: every epoch asks for every image once, and throwing out the one that was used longest ago would
/// then throw out the one that is needed next.
final class ImageCache: Sendable {
    private struct Content {
        var images: [Int: ScaledImage] = [:]
        var bytes = 0
    }

    private let content = Mutex(Content())
    private let limit: Int
    private let longerSide: Double

    /// - Parameter longerSide: The most pixels that an image's longer side will span in any view of it.
    init(bytes limit: Int, longerSide: Double) {
        self.limit = limit
        self.longerSide = longerSide
    }

    /// The image with this number, read from its file unless it is here already.
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
