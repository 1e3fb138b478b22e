import Foundation

extension RawDataset {
    /// Says that files of one split give several images the same identity: as files of several tasks do that were put together.
    func reportSharedIdentities(root: URL) -> [DatasetProblem] {
        struct Key: Hashable {
            var identity: ImageIdentity
            var split: String?
        }
        var seen: [Key: Int] = [:]
        var (count, first): (Int, (Int, Int)?) = (0, nil)
        for (index, image) in images.enumerated() {
            guard let identity = image.identity else { continue }
            for split in image.splits.isEmpty ? [nil] : image.splits.map(Optional.some) {
                let key = Key(identity: identity, split: split)
                guard let other = seen[key] else {
                    seen[key] = index
                    continue
                }
                count += 1
                if first == nil { first = (other, index) }
            }
        }
        guard let first, let identity = images[first.0].identity else { return [] }
        let names = [first.0, first.1].map { "'\((images[$0].fileName ?? "").prefix(80))'" }.joined(separator: " and ")
        return [
            .systematic(
                root, .sharedIdentity,
                "\(count == 1 ? "1 image has" : "\(count) images have") an identity that another image of the split has, too: "
                    + "\(identity) is \(names); result files cannot name them by it")
        ]
    }
}
