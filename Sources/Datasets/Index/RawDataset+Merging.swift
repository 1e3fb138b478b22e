import Foundation

extension RawDataset {
    /// Leaves out images that would count as background although annotations in another format have objects for them.
    mutating func leaveOut(annotatedBy others: [RawDataset]) {
        var annotated: [FolderTree.File: (source: URL, format: DatasetFormat)] = [:]
        for other in others {
            for image in other.images where !image.objects.isEmpty {
                if let file = image.imageFile { annotated[file] = (image.source, other.format) }
            }
        }
        if annotated.isEmpty { return }
        for index in images.indices where images[index].objects.isEmpty && images[index].lostObjects == 0 {
            guard images[index].state == .annotated, let file = images[index].imageFile, let other = annotated[file]
            else { continue }
            images[index].state = .unannotated
            images[index].problems.append(
                DatasetProblem(
                    file: other.source, rule: .otherFormat,
                    message:
                        "it has objects of \(file.name) in the format \(other.format.rawValue), which was not read; the "
                        + "image was left out", severity: .error))
        }
    }

    /// Merges entries for the same image file: entries of one split, and identical entries of several splits.
    ///
    /// - Returns: The findings to report.
    mutating func mergeEntriesOfOneFile(root: URL) -> [DatasetProblem] {
        var homes: [FolderTree.File: [Int]] = [:]
        var (gone, twice, farther): (Set<Int>, [Int], [Int]) = ([], [], [])
        var farthest = root
        for index in images.indices {
            guard let file = images[index].imageFile, images[index].state != .unannotated else { continue }
            let home = homes[file, default: []].first { home in
                Set(images[home].splits) == Set(images[index].splits) || images[home].saysTheSame(as: images[index])
            }
            guard let home else {
                homes[file, default: []].append(index)
                continue
            }
            gone.insert(index)
            if let nearness = images[index].nearness, let own = images[home].nearness, nearness != own {
                farther.append(nearness > own ? home : index)
                farthest = images[farther[farther.count - 1]].source
                if nearness > own { images.swapAt(home, index) }
                continue
            }
            if Set(images[home].splits) == Set(images[index].splits) {
                images[home].take(over: images[index])
                twice.append(index)
            } else {
                images[home].join(images[index])
            }
        }
        if gone.isEmpty { return [] }
        let example = twice.first.flatMap { images[$0].imageFile?.path }
        images = images.enumerated().filter { !gone.contains($0.offset) }.map(\.element)
        var findings: [DatasetProblem] = []
        if !farther.isEmpty {
            findings.append(
                .systematic(
                    farthest, .sameFileTwice,
                    "\(farther.count == 1 ? "1 annotation" : "\(farther.count) annotations") of images with an annotation nearer to "
                        + "them \(farther.count == 1 ? "was" : "were") not read, including this one"))
        }
        guard let example else { return findings }
        let count =
            twice.count == 1
            ? "1 image file has two entries" : "\(twice.count) entries refer to an image file that already has one"
        return findings + [
            .systematic(
                root, .sameFileTwice,
                "\(count) (first: \(example)); the entries of a file were merged into one image")
        ]
    }
}

extension RawImage {
    /// How close the annotation file is to the image: the more shared folders, the closer; backup copies come last.
    fileprivate var nearness: Int? {
        guard let annotationFile, let folders = imageFile?.folders else { return nil }
        let own = SourcePlaces.imageFolders(of: annotationFile)
        let isCopy = own.contains { folder in
            folder.lowercased().split { !$0.isLetter }.contains { ["backup", "bak", "old", "copy"].contains($0) }
        }
        return 2 * (ImageFinder.sharedStart(own, folders) + ImageFinder.sharedEnd(own, folders)) - (isCopy ? 1 : 0)
    }

    /// Returns whether another entry has the same objects.
    fileprivate func saysTheSame(as other: RawImage) -> Bool {
        state == .annotated && other.state == .annotated && identity == other.identity
            && objects.count == other.objects.count
            && zip(objects, other.objects).allSatisfy { $0.classIndex == $1.classIndex && $0.box == $1.box }
    }

    /// Adds the splits of another entry with the same objects.
    fileprivate mutating func join(_ other: RawImage) {
        splits += other.splits.filter { !splits.contains($0) }
    }

    /// Adds the objects of another entry for the same file.
    fileprivate mutating func take(over other: RawImage) {
        if state == .annotated && other.state == .annotated {
            objects += other.objects
            lostObjects += other.lostObjects
        } else if other.state == .unreadable {
            // The readable entry alone is incomplete.
            state = .unreadable
        }
        problems += other.problems
        if let identity = other.identity { aliases.append(identity) }
        aliases += other.aliases
    }
}
