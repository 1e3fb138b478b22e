import Foundation
import Images
import Synchronization

/// Keeps decoded pictures while they fit into a number of bytes.
///
/// What is in stays in: every epoch asks for every picture once, and throwing out the one that was used longest ago would
/// then throw out the one that is needed next.
final class PictureCache: Sendable {
    private struct Content {
        var pictures: [Int: Image] = [:]
        var bytes = 0
    }

    private let content = Mutex(Content())
    private let limit: Int

    init(bytes limit: Int) { self.limit = limit }

    /// The picture with this number, read from its file unless it is here already.
    func picture(_ index: Int, file: URL) throws(ImageError) -> Image {
        if let known = content.withLock({ $0.pictures[index] }) { return known }
        let picture = try Image(contentsOf: file)
        content.withLock { content in
            let size = picture.pixels.count
            guard content.pictures[index] == nil, content.bytes + size <= limit else { return }
            content.pictures[index] = picture
            content.bytes += size
        }
        return picture
    }
}
