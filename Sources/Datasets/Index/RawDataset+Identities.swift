import Foundation

extension RawDataset {
    /// Reports images of one split that share an identity, for example because files of several tasks were put together.
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
                "\(count == 1 ? "1 image has" : "\(count) images have") the same id as another image of the split: "
                    + "\(identity) is \(names); result files cannot tell them apart by it")
        ]
    }
}
