import Foundation
import Images
import Synchronization

/// Keeps decoded pictures while they fit into a number of bytes.
///
/// What is in stays in: every epoch asks for every picture once, and throwing out the one that was used longest ago would
/// then throw out the one that is needed next.
final class PictureCache: Sendable {
    private struct Content {
        var pictures: [Int: ScaledImage] = [:]
        var bytes = 0
    }

    private let content = Mutex(Content())
    private let limit: Int
    private let longerSide: Double

    /// - Parameter longerSide: The most pixels that a picture's longer side will span in any view of it.
    init(bytes limit: Int, longerSide: Double) {
        self.limit = limit
        self.longerSide = longerSide
    }

    /// The picture with this number, read from its file unless it is here already.
    func picture(_ index: Int, file: URL) throws(ImageError) -> ScaledImage {
        if let known = content.withLock({ $0.pictures[index] }) { return known }
        let picture = try ScaledImage(contentsOf: file, longerSide: longerSide)
        content.withLock { content in
            let size = picture.image.pixels.count
            guard content.pictures[index] == nil, content.bytes + size <= limit else { return }
            content.pictures[index] = picture
            content.bytes += size
        }
        return picture
    }
}
