import Boxes
import Foundation

extension RawDataset {
    /// Mistakes that are in all boxes alike are one mistake: they are recognized by all boxes together, undone, and said once.
    ///
    /// - Parameter extents: of each image, where they are known.
    /// - Returns: what is to be said about it.
    mutating func mendSystematicMistakes(extents: [ImageExtent?], root: URL) -> [DatasetProblem] {
        if let finding = mendFractions(extents, root: root) { return [finding] }
        if let finding = mendCornersAsSizes(extents, root: root) { return [finding] }
        return []
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
    /// images, and read as corners none does.
    private mutating func mendCornersAsSizes(_ extents: [ImageExtent?], root: URL) -> DatasetProblem? {
        guard hasOriginAndSize else { return nil }
        var (count, outside, corners) = (0, 0, 0)
        for (image, extent) in zip(images, extents) where image.units == .pixels {
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
        guard outside >= 2, outside * 5 >= count, corners * 50 >= count * 49 else { return nil }
        for image in images.indices where images[image].units == .pixels {
            for object in images[image].objects.indices where images[image].objects[object].origin == .box {
                let box = images[image].objects[object].box
                images[image].objects[object].box = Box(
                    xMin: box.xMin, yMin: box.yMin, xMax: box.width, yMax: box.height)
            }
        }
        return .systematic(
            root, .cornersAsSizes,
            "the boxes are [left, top, right, bottom], where [left, top, width, height] belongs: as written \(outside) of "
                + "\(count) reach beyond their images, and as corners none does; they were taken as corners")
    }
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
