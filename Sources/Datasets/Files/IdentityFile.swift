import Foundation
import JSON
import Tensors

/// Identities of images and classes for formats without them: COCO's image and category ids, stored as `identities.json` in a copy
/// written as VOC or YOLO, so that result files and further copies can use them.
package struct IdentityFile: Sendable {
    /// The identities of images by name.
    package var images: [String: ImageIdentity]
    /// The ids of classes by name.
    package var categories: [String: Int]

    package init(images: [String: ImageIdentity], categories: [String: Int]) {
        self.images = images
        self.categories = categories
    }

    /// The file's name.
    package static let name = "identities.json"

    /// The content of the file.
    package var data: Data {
        let images = images.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) }
        let categories = categories.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.integer($0.value)) }
        return JSONValue.object(
            JSONObject([
                ("identities", .object(JSONObject(images))), ("categories", .object(JSONObject(categories))),
            ])
        ).data()
    }

    /// Reads the file in the root of a tree; nil when it is missing or has other content.
    ///
    /// - Throws: ``DatasetError/unreadable(path:reason:)`` when the system refuses it.
    init?(in tree: FolderTree) throws(DatasetError) {
        guard let file = tree.documents.first(where: { $0.path == Self.name }) else { return nil }
        let contents: FileContents
        do throws(FileError) { contents = try FileContents(file.url) } catch {
            throw .unreadable(path: file.url.relativePath, reason: error.reason)
        }
        var (images, categories): ([String: ImageIdentity], [String: Int]) = ([:], [:])
        do throws(JSONError) {
            try contents.withBytes { (bytes) throws(JSONError) in
                var reader = JSONReader(bytes, file: file.path)
                try reader.object { (key, reader) throws(JSONError) in
                    switch key {
                    case "identities":
                        try reader.object { (name, reader) throws(JSONError) in
                            images[name] = try reader.scalar().flatMap(ImageIdentity.init)
                        }
                    case "categories":
                        try reader.object { (name, reader) throws(JSONError) in categories[name] = try reader.integer()
                        }
                    default: break
                    }
                }
            }
        } catch { return nil }
        self.init(images: images, categories: categories)
    }
}
