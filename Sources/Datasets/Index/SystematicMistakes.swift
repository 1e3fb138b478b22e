import Boxes
import Foundation

extension RawDataset {
    /// Mistakes that are in all boxes alike are one mistake: they are recognized by all boxes together, undone, and said once.
    ///
    /// - Parameter extents: of each image, where they are known.
    /// - Returns: what is to be said about it.
    mutating func mendSystematicMistakes(extents: [ImageExtent?], root: URL) -> [DatasetProblem] {
        if let finding = mendFractions(extents, root: root) { return [finding] }
        distrustStaleSizes(extents)
        return mendCornersAsSizes(extents)
    }

    /// All edges between 0 and 1: parts of the image's extents where pixels belong.
    private mutating func mendFractions(_ extents: [ImageExtent?], root: URL) -> DatasetProblem? {
        let base = countsFromOne ? 1.0 : 0
        var count = 0
        for (image, extent) in zip(images, extents) where image.units == .pixels {
            // An image of a few pixels has such edges by right.
            if let extent, min(extent.width, extent.height) < 4, !image.objects.isEmpty { return nil }
            for object in image.objects {
                let box = object.box
                let numbers = [box.xMin + base, box.yMin + base, box.xMax, box.yMax]
                guard numbers.allSatisfy({ (-0.02...1.02).contains($0) }) else { return nil }
                count += 1
            }
        }
        if count == 0 { return nil }
        for image in images.indices where images[image].units == .pixels {
            images[image].units = .fractions
            for object in images[image].objects.indices {
                images[image].objects[object].box.xMin += base
                images[image].objects[object].box.yMin += base
                images[image].objects[object].area = nil
            }
        }
        return .systematic(
            root, .fractionalBoxes,
            "the edges of all \(count) boxes lie between 0 and 1, where pixels belong: they were taken as fractions of the "
                + "image's width and height")
    }

    /// Boxes whose right and lower edges stand where width and height belong: read as written most reach far out of their
    /// images, and read as corners none does. Each file of annotations is judged by itself.
    private mutating func mendCornersAsSizes(_ extents: [ImageExtent?]) -> [DatasetProblem] {
        guard hasOriginAndSize else { return [] }
        var findings: [DatasetProblem] = []
        for (source, members) in Dictionary(grouping: images.indices, by: { images[$0].source })
            .sorted(by: { $0.key.path < $1.key.path })
        {
            let tally = CornerTally(members.map { (images[$0], extents[$0]) })
            guard tally.areCorners else { continue }
            for image in members where images[image].units == .pixels {
                for object in images[image].objects.indices where images[image].objects[object].origin == .box {
                    let box = images[image].objects[object].box
                    images[image].objects[object].box = Box(
                        xMin: box.xMin, yMin: box.yMin, xMax: box.width, yMax: box.height)
                }
            }
            findings.append(
                .systematic(
                    source, .cornersAsSizes,
                    "the boxes are [left, top, right, bottom], where [left, top, width, height] belongs: as written "
                        + "\(tally.outside) of \(tally.count) reach beyond their images, and as corners none does; they were "
                        + "taken as corners"))
        }
        return findings
    }

    /// Sizes that were not measured: images are said to be larger than they are, and still no box reaches beyond what is there,
    /// though some touch its border. Scaling the boxes down would be wrong.
    private mutating func distrustStaleSizes(_ extents: [ImageExtent?]) {
        var (members, count, touches): ([Int], Int, Int) = ([], 0, 0)
        for (index, extent) in extents.enumerated() where images[index].units == .pixels {
            guard let extent, let width = images[index].statedWidth, let height = images[index].statedHeight,
                width > Double(extent.width), height > Double(extent.height)
            else { continue }
            for object in images[index].objects {
                let (right, bottom) = (object.box.xMax, object.box.yMax)
                if right > Double(extent.width) + 1 || bottom > Double(extent.height) + 1 { return }
                count += 1
                if right > 0.9 * Double(extent.width) || bottom > 0.9 * Double(extent.height) { touches += 1 }
            }
            members.append(index)
        }
        guard count >= 4, touches > 0 else { return }
        for index in members { images[index].hasStaleSize = true }
    }
}

/// How many boxes of a file make sense as written, and as corners.
private struct CornerTally {
    private(set) var count = 0, outside = 0
    private var corners = 0

    init(_ images: [(image: RawImage, extent: ImageExtent?)]) {
        for (image, extent) in images where image.units == .pixels {
            guard let extent else { continue }
            let (width, height) = (Double(extent.width), Double(extent.height))
            for object in image.objects where object.origin == .box {
                let box = object.box
                count += 1
                if box.xMax > width * 1.02 + 1 || box.yMax > height * 1.02 + 1 { outside += 1 }
                if box.width > box.xMin, box.height > box.yMin, box.width <= width + 1, box.height <= height + 1 {
                    corners += 1
                }
            }
        }
    }

    var areCorners: Bool { outside >= 2 && outside * 5 >= count && corners * 50 >= count * 49 }
}

extension RawClasses {
    /// What is odd about the classes' names.
    ///
    /// - Parameter isUsed: whether objects are of the class at each position.
    func findings(isUsed: [Bool], root: URL) -> [DatasetProblem] {
        var findings: [DatasetProblem] = []
        let used = Set(zip(entries, isUsed).filter(\.1).map(\.0.name))
        let alike = Dictionary(grouping: used) { $0.lowercased().filter { !$0.isWhitespace } }
        for (_, names) in alike.sorted(by: { $0.key < $1.key }) where names.count > 1 {
            let list = names.sorted().map { "'\($0)'" }.joined(separator: ", ")
            findings.append(
                .systematic(
                    root, .similarClassNames,
                    "the class names \(list) differ only by upper and lower case or by spaces, and a network would learn "
                        + "them as \(names.count) classes"))
        }
        var seen: Set<String> = []
        let unused = entries.map(\.name).filter { !used.contains($0) && seen.insert($0).inserted }
        if !unused.isEmpty && !used.isEmpty {
            let list = unused.prefix(10).map { "'\($0)'" }.joined(separator: ", ")
            let more = unused.count > 10 ? " and \(unused.count - 10) more" : ""
            findings.append(
                .systematic(
                    root, .unusedClass,
                    "no object is of the class\(unused.count == 1 ? "" : "es") \(list)\(more), which "
                        + "\(unused.count == 1 ? "is" : "are") declared and unused: no network learns to answer with "
                        + "\(unused.count == 1 ? "it" : "them")"))
        }
        return findings
    }
}
