import Foundation
import JSON

/// Finds COCO's instance files and the pictures that they speak of.
enum COCOLayout {
    /// Everything in one file.
    static func listing(file: URL) throws(DatasetError) -> DatasetListing {
        var listing = DatasetListing(layout: "COCO", pictures: [], splits: [], categories: [])
        try listing.add(file, split: nil, root: file.deletingLastPathComponent())
        return listing
    }

    /// Everything in a folder; nil when it has no instance files.
    static func listing(folder: URL, prefersKeypoints: Bool = false) throws(DatasetError) -> DatasetListing? {
        let files = instanceFiles(in: folder, prefersKeypoints: prefersKeypoints)
        if files.isEmpty { return nil }
        var listing = DatasetListing(layout: "COCO", pictures: [], splits: [], categories: [])
        // One file for everything is divided by the seed.
        let isDivided = files.count == 1 && !["train", "val", "test"].contains(files[0].split)
        for (file, split) in files { try listing.add(file, split: isDivided ? nil : split, root: folder) }
        return listing
    }

    /// `annotations/instances_SPLIT*.json` or `annotations/*keypoints_SPLIT*.json`, or a lone JSON file there or in the folder
    /// itself, or one in a folder a split.
    private static func instanceFiles(in root: URL, prefersKeypoints: Bool) -> [(url: URL, split: String)] {
        let folders = [FileSystem.folder(in: root, named: ["annotations", "annotation"]), root].compactMap { $0 }
        for folder in folders {
            let files = FileSystem.names(in: folder).filter { $0.lowercased().hasSuffix(".json") }
            let kinds = [files.filter { $0.hasPrefix("instances") }, files.filter { $0.contains("keypoints") }]
            let instances = (prefersKeypoints ? kinds.reversed() : kinds).first { !$0.isEmpty } ?? []
            let chosen = instances.isEmpty ? (files.count == 1 || folder != root ? files : []) : instances
            if !chosen.isEmpty { return chosen.map { (folder.appendingPathComponent($0), split(of: $0)) } }
        }
        return ["train", "val", "valid", "test"].compactMap { name in
            guard let folder = FileSystem.folder(in: root, named: [name]) else { return nil }
            return FileSystem.names(in: folder).first { $0.lowercased().hasSuffix(".json") }
                .map { (folder.appendingPathComponent($0), name == "valid" ? "val" : name) }
        }
    }

    /// `instances_train2017.json` and `person_keypoints_train2017.json` -> `train`.
    private static func split(of name: String) -> String {
        var name = String(name.dropLast(".json".count))
        for kind in ["instances_", "keypoints_"] {
            if let range = name.range(of: kind) { name = String(name[range.upperBound...]) }
        }
        let word = name.lowercased().prefix { $0.isLetter }
        if word.hasPrefix("train") && word != "trainval" { return "train" }
        if word == "val" || word.hasPrefix("valid") { return "val" }
        return word.hasPrefix("test") ? "test" : name
    }
}

extension DatasetListing {
    fileprivate mutating func add(_ file: URL, split: String?, root: URL) throws(DatasetError) {
        let instances: COCOInstances
        do throws(JSONError) { instances = try COCOInstances(file) } catch {
            throw .noDataset(path: root.relativePath, reason: "\(error)")
        }
        let search = COCOPictureSearch(file: file, root: root, split: split)
        let first = pictures.count
        for picture in instances.pictures {
            let image = search.find(picture.fileName)
            pictures.append(
                ListedPicture(
                    id: FileSystem.stem(picture.fileName, extensions: FileSystem.imageExtensions) ?? picture.fileName,
                    imageURL: image, expectedImage: root.appendingPathComponent(picture.fileName), annotationURL: nil,
                    annotation: .read(picture.annotation)))
        }
        problems += instances.problems
        if let other = instances.skeleton {
            if let skeleton, skeleton.jointNames != other.jointNames {
                problems.append(
                    DatasetProblem(
                        file: file, rule: .badSkeleton,
                        message: "its joints are other than those of the files before; they were left out"))
                for index in first..<pictures.count { pictures[index].dropJoints() }
            } else {
                skeleton = skeleton ?? other
            }
        }
        categories = Set((categories ?? []) + instances.categories).sorted()
        if let split { add(ListedSplit(name: split, members: Array(first..<pictures.count))) }
    }
}

extension ListedPicture {
    fileprivate mutating func dropJoints() {
        guard case .read(var raw) = annotation else { return }
        for index in raw.objects.indices { raw.objects[index].joints = [] }
        annotation = .read(raw)
    }
}

/// Where the pictures of an instance file may be.
private struct COCOPictureSearch {
    private let folders: [URL]

    init(file: URL, root: URL, split: String?) {
        // `instances_train2017.json` belongs to a folder `train2017`.
        let name = file.deletingPathExtension().lastPathComponent.split(separator: "_").last.map(String.init)
        let names = [name, split].compactMap { $0 }
        let near = file.deletingLastPathComponent()
        let images = ["images", "Images", "JPEGImages"].map { root.appendingPathComponent($0) }
        let roots = images + [root, near, near.appendingPathComponent("images")]
        folders = (roots.flatMap { folder in names.map { folder.appendingPathComponent($0) } } + roots)
            .filter(FileSystem.isFolder)
    }

    /// The picture, unless its name leads out of the data set.
    func find(_ name: String) -> URL? {
        guard !name.isEmpty, !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else { return nil }
        return folders.lazy.map { $0.appendingPathComponent(name) }.first(where: FileSystem.isFile)
    }
}
