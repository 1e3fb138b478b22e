import Foundation

/// Finds the parts of a VOC data set, whatever they are called and wherever they stand.
enum VOCLayout {
    private static let annotationFolders = ["annotations", "annotation", "xml", "xmls", "labels"]
    private static let imageFolders = ["jpegimages", "images", "image", "imgs", "pictures"]
    private static let splitFolders = [
        "train": "train", "training": "train", "val": "val", "valid": "val",
        "validation": "val", "test": "test", "testing": "test",
    ]

    /// One folder with XML and one with pictures; they may be the same.
    struct Part {
        var root: URL
        var annotations: URL
        var images: URL
        /// The split that all of it is, when the folder says so.
        var split: String?
    }

    /// The parts below a root; empty when there is no XML.
    static func parts(in root: URL) -> [Part] {
        if let part = part(in: root) { return [part] }
        let names = FileSystem.names(in: root)
        let bySplit = names.compactMap { name -> Part? in
            guard let split = splitFolders[name.lowercased()] else { return nil }
            var part = part(in: root.appendingPathComponent(name))
            part?.split = split
            return part
        }
        if !bySplit.isEmpty { return bySplit }
        let kit = FileSystem.folder(in: root, named: ["vocdevkit"]) ?? root
        return FileSystem.names(in: kit).filter { $0.lowercased().hasPrefix("voc") }.compactMap {
            part(in: kit.appendingPathComponent($0))
        }
    }

    private static func part(in root: URL) -> Part? {
        let named = FileSystem.folder(in: root, named: imageFolders)
        let candidates = [FileSystem.folder(in: root, named: annotationFolders), root, named].compactMap { $0 }
        guard let annotations = candidates.first(where: { holds($0, extensions: ["xml"]) }) else { return nil }
        let images = [named, annotations, root].compactMap { $0 }
            .first { holds($0, extensions: FileSystem.imageExtensions) }
        return Part(root: root, annotations: annotations, images: images ?? named ?? annotations, split: nil)
    }

    private static func holds(_ folder: URL, extensions: [String]) -> Bool {
        FileSystem.names(in: folder).contains { FileSystem.stem($0, extensions: extensions) != nil }
    }

    /// Everything below a root; nil when it holds no VOC data.
    static func listing(of root: URL) -> DatasetListing? {
        let parts = parts(in: root)
        if parts.isEmpty { return nil }
        var listing = DatasetListing(layout: "VOC", pictures: [], splits: [])
        for part in parts {
            let first = listing.pictures.count
            listing.pictures += pictures(of: part)
            let members = first..<listing.pictures.count
            if let split = part.split {
                listing.add(ListedSplit(name: split, members: Array(members)))
            } else {
                let indices = Dictionary(
                    members.map { (listing.pictures[$0].id, $0) }, uniquingKeysWith: { first, _ in first })
                for split in VOCSplitLists.read(in: part.root, indices: indices) { listing.add(split) }
            }
        }
        return listing
    }

    /// Every name that has a picture, an annotation, or both; sorted.
    private static func pictures(of part: Part) -> [ListedPicture] {
        let images = files(in: part.images, extensions: FileSystem.imageExtensions)
        let annotations = files(in: part.annotations, extensions: ["xml"])
        return Set(images.keys).union(annotations.keys).sorted().map { id in
            ListedPicture(
                id: id, imageURL: images[id], expectedImage: part.images.appendingPathComponent(id + ".jpg"),
                annotationURL: annotations[id], annotation: .voc(images: part.images))
        }
    }

    private static func files(in folder: URL, extensions: [String]) -> [String: URL] {
        var files: [String: URL] = [:]
        for name in FileSystem.names(in: folder) {
            guard let stem = FileSystem.stem(name, extensions: extensions), files[stem] == nil else { continue }
            files[stem] = folder.appendingPathComponent(name)
        }
        return files
    }
}

extension DatasetListing {
    /// Adds a split, or its members to the one of that name.
    mutating func add(_ split: ListedSplit) {
        if let index = splits.firstIndex(where: { $0.name == split.name }) {
            splits[index].members += split.members
            splits[index].problems += split.problems
        } else {
            splits.append(split)
        }
    }
}
