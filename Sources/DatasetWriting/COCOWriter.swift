import Boxes
import Datasets
import Foundation
import JSON
import Tensors

/// Writes COCO folders: `images` and `annotations/instances_SPLIT.json`, or `keypoints_SPLIT.json` where there are keypoints.
package struct COCOWriter: Sendable {
    /// The folder.
    let root: URL

    /// The length of a split's name in bytes up to which the name of its file fits any file system.
    private static let longestSplitName = 200

    /// Creates the folders.
    ///
    /// - Throws: ``DatasetError/cannotWrite(path:reason:)`` when the folder is not empty, or without permission.
    package init(new root: URL) throws(DatasetError) {
        self.root = root
        try NewFolder.make(["annotations", "images"], in: root)
    }

    /// Returns the location of an image.
    package func image(_ name: String) -> URL { root.appendingPathComponent("images").appendingPathComponent(name) }

    /// Writes a file for each split, or a single file without splits.
    ///
    /// - Parameter fileNames: The file names of the images, below `images`.
    package func write(_ content: DatasetContent, fileNames: [String]) throws(DatasetError) {
        let ids = Self.imageIDs(content)
        let categoryIDs = Self.categoryIDs(content)
        var splits = content.splits
        let listed = Set(splits.flatMap(\.members))
        let rest = content.images.indices.filter { !listed.contains($0) }
        if !rest.isEmpty {
            let name = splits.isEmpty ? "all" : COCOFormat.unlisted
            splits.append(DatasetContent.Split(name: name, members: rest))
        }
        for split in splits {
            let kind = content.skeleton == nil ? "instances" : "keypoints"
            let isLong = split.name.utf8.count > Self.longestSplitName
            let name = isLong ? OutputNames.part(split.name, limit: Self.longestSplitName) : split.name
            let file = root.appendingPathComponent("annotations/\(kind)_\(name).json")
            do {
                try Self.write(
                    content, split.members, ids: ids, categoryIDs: categoryIDs, fileNames: fileNames, to: file)
            } catch { throw DatasetError(error) }
        }
    }

    /// Returns the images' own identities, or numbers from 1 when there are none or when two images of a file share one.
    private static func imageIDs(_ content: DatasetContent) -> [JSONValue] {
        let keepsThem = content.images.contains { $0.identity != .text($0.id) } && !content.hasSharedIdentities
        return content.images.enumerated().map { keepsThem ? $1.identity.json : .integer($0 + 1) }
    }

    /// Returns the classes' own numbers, or numbers from 1 when two classes share one.
    private static func categoryIDs(_ content: DatasetContent) -> [Int] {
        Set(content.categoryIDs).count == content.classNames.count
            ? content.categoryIDs : content.classNames.indices.map { $0 + 1 }
    }

    /// Writes a COCO document with one entry per line; coordinates are rounded to ten-thousandths of a pixel.
    private static func write(
        _ content: DatasetContent, _ members: [Int], ids: [JSONValue], categoryIDs: [Int], fileNames: [String],
        to url: URL
    ) throws(FileWriteError) {
        let file = try AtomicFile(url)
        let info: JSONValue = [COCOFile.completeness: true]
        try file.append(text: "{\"info\":\(info.text()),\n")
        try writeList("images", to: file) { (add) throws(FileWriteError) in
            for member in members {
                let sample = content.images[member]
                try add([
                    "id": ids[member], "file_name": .string(fileNames[member]), "width": .integer(sample.width ?? 0),
                    "height": .integer(sample.height ?? 0),
                ])
            }
        }
        try file.append(text: ",\n")
        try writeList("categories", to: file) { (add) throws(FileWriteError) in
            for category in categories(content, categoryIDs) { try add(category) }
        }
        try file.append(text: ",\n")
        try writeList("annotations", to: file) { (add) throws(FileWriteError) in
            var count = 0
            for member in members {
                for object in content.images[member].objects {
                    count += 1
                    let category = categoryIDs[object.classIndex]
                    try add(json(object, id: count, image: ids[member], category: category))
                }
            }
        }
        try file.append(text: "}\n")
        try file.finish()
    }

    /// Writes a list of the document.
    ///
    /// - Parameter entries: Calls its argument with each entry.
    private static func writeList(
        _ name: String, to file: AtomicFile,
        entries: ((JSONValue) throws(FileWriteError) -> Void) throws(FileWriteError) -> Void
    ) throws(FileWriteError) {
        var isEmpty = true
        try file.append(text: "\"\(name)\":[")
        try entries { (entry) throws(FileWriteError) in
            try file.append(text: (isEmpty ? "\n" : ",\n") + entry.text())
            isEmpty = false
        }
        try file.append(text: isEmpty ? "]" : "\n]")
    }

    private static func categories(_ content: DatasetContent, _ ids: [Int]) -> [JSONValue] {
        // Classes without keypoints, such as a ball, must not declare any.
        let withKeypoints = Set(
            content.images.lazy.flatMap(\.objects).filter { !$0.keypoints.isEmpty }.map(\.classIndex))
        return content.classNames.enumerated().map { index, name in
            var entry = JSONObject([("id", .integer(ids[index])), ("name", .string(name))])
            if let skeleton = content.skeleton, withKeypoints.contains(index) {
                entry["keypoints"] = .array(skeleton.keypointNames.map { .string($0) })
                entry["skeleton"] = .array(
                    skeleton.limbs.map { [.integer($0.first + 1), .integer($0.second + 1)] })
            }
            return .object(entry)
        }
    }

    private static func json(_ object: AnnotatedObject, id: Int, image: JSONValue, category: Int) -> JSONValue {
        let box = object.box
        if object.kind == .points {
            var entry = JSONObject([
                ("id", .integer(id)), ("image_id", image), ("category_id", .integer(category)),
                ("num_keypoints", 1), ("keypoints", [rounded(box.centerX), rounded(box.centerY), 2]),
                ("iscrowd", .integer(0)),
            ])
            if object.difficult { entry["difficult"] = 1 }
            return .object(entry)
        }
        var entry = JSONObject([
            ("id", .integer(id)), ("image_id", image), ("category_id", .integer(category)),
            ("bbox", .array([box.xMin, box.yMin, box.width, box.height].map(rounded))),
            ("area", rounded(object.area ?? box.area)), ("iscrowd", .integer(object.crowd ? 1 : 0)),
        ])
        // VOC's flags, under VOC's names.
        if object.difficult { entry["difficult"] = 1 }
        if object.truncated { entry["truncated"] = 1 }
        if !object.keypoints.isEmpty {
            let places = object.keypoints.flatMap { keypoint -> [JSONValue] in
                keypoint.isAnnotated
                    ? [rounded(keypoint.x), rounded(keypoint.y), .integer(keypoint.visibility.rawValue)] : [0, 0, 0]
            }
            entry["num_keypoints"] = .integer(object.keypoints.count(where: \.isAnnotated))
            entry["keypoints"] = .array(places)
        }
        return .object(entry)
    }

    private static func rounded(_ value: Double) -> JSONValue { .number((value * 10_000).rounded() / 10_000) }
}
