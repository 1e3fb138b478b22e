import Boxes
import Foundation

extension RawDataset {
    /// Repairs mistakes that all boxes share: they are recognized from all boxes together, repaired, and reported once.
    ///
    /// - Parameter extents: The size of each image, where known.
    /// - Returns: The findings to report.
    mutating func repairSystematicMistakes(extents: [ImageExtent?], root: URL) -> [DatasetProblem] {
        if let finding = repairFractions(extents, root: root) { return [finding] }
        distrustStaleSizes(extents)
        return repairCornersAsSizes(extents)
    }

    /// Repairs edges that are all between 0 and 1: fractions of the image's width and height instead of pixels.
    private mutating func repairFractions(_ extents: [ImageExtent?], root: URL) -> DatasetProblem? {
        let base = countsFromOne ? 1.0 : 0
        var count = 0
        for (image, extent) in zip(images, extents) where image.units == .pixels {
            // In an image of a few pixels such edges are valid.
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
            "the edges of all \(count) boxes lie between 0 and 1 instead of being pixels; they were read as fractions of the "
                + "image's width and height")
    }

    /// Repairs boxes with right and bottom edges in place of width and height: read as sizes, many extend far beyond their
    /// images; read as corners, none does. Each annotation file is checked separately.
    private mutating func repairCornersAsSizes(_ extents: [ImageExtent?]) -> [DatasetProblem] {
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
                    "the boxes are [left, top, right, bottom] instead of [left, top, width, height]: read as sizes, "
                        + "\(tally.outside) of \(tally.count) extend beyond their images, as corners none does; they were "
                        + "read as corners"))
        }
        return findings
    }

    /// Detects wrong stated sizes: images are stated to be larger than they are, but no box extends beyond the actual image,
    /// though some touch its border. Scaling such boxes down would be wrong.
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

/// Counts the boxes of a file that are plausible as written, and as corners.
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
    /// Reports suspicious class names.
    ///
    /// - Parameter isUsed: Whether the class at each position has objects.
    func findings(isUsed: [Bool], root: URL) -> [DatasetProblem] {
        var findings: [DatasetProblem] = []
        let used = Set(zip(entries, isUsed).filter(\.1).map(\.0.name))
        let alike = Dictionary(grouping: used) { $0.lowercased().filter { !$0.isWhitespace } }
        for (_, names) in alike.sorted(by: { $0.key < $1.key }) where names.count > 1 {
            let list = names.sorted().map { "'\($0)'" }.joined(separator: ", ")
            findings.append(
                .systematic(
                    root, .similarClassNames,
                    "the class names \(list) differ only in case or spaces; they were kept as \(names.count) classes"))
        }
        var seen: Set<String> = []
        let unused = entries.map(\.name).filter { !used.contains($0) && seen.insert($0).inserted }
        if !unused.isEmpty && !used.isEmpty {
            let list = unused.prefix(10).map { "'\($0)'" }.joined(separator: ", ")
            let more = unused.count > 10 ? " and \(unused.count - 10) more" : ""
            findings.append(
                .systematic(
                    root, .unusedClass,
                    "no object has the declared class\(unused.count == 1 ? "" : "es") \(list)\(more); "
                        + "\(unused.count == 1 ? "it was" : "they were") left out of the class list"))
        }
        return findings
    }
}
