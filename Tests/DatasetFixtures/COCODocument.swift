import JSON

/// A builder of COCO files.
public struct COCODocument {
    /// The images.
    public var images: [JSONValue] = []
    /// The categories.
    public var categories: [JSONValue] = [["id": 1, "name": "cat"], ["id": 2, "name": "dog"]]
    /// The objects.
    public var annotations: [JSONValue] = []

    /// Creates a document without images.
    public init() {}

    /// Creates a document with images of 40x30 pixels and ids from 1, each with a cat.
    public init(_ names: [String]) {
        for (index, name) in names.enumerated() {
            image(.integer(index + 1), name)
            object(.integer(index + 1))
        }
    }

    /// Adds an image.
    public mutating func image(_ id: JSONValue, _ name: String, width: Int = 40, height: Int = 30) {
        images.append(
            ["id": id, "file_name": .string(name), "width": .integer(width), "height": .integer(height)])
    }

    /// Adds an object, optionally with more members.
    public mutating func object(
        _ image: JSONValue, _ category: JSONValue = 1, box: [Double] = [1, 2, 10, 5],
        _ more: [(String, JSONValue)] = []
    ) {
        annotations.append(
            .object(
                JSONObject(
                    [
                        ("id", .integer(annotations.count + 1)), ("image_id", image), ("category_id", category),
                        ("bbox", .array(box.map { .number($0) })),
                    ] + more)))
    }

    /// The file's content.
    public var text: String {
        let document: JSONValue = [
            "images": .array(images), "categories": .array(categories), "annotations": .array(annotations),
        ]
        return document.text(pretty: true)
    }
}
