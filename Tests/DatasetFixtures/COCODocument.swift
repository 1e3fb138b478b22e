import JSON

/// A COCO file in the making.
public struct COCODocument {
    /// Its images.
    public var images: [JSONValue] = []
    /// Its categories.
    public var categories: [JSONValue] = [["id": 1, "name": "cat"], ["id": 2, "name": "dog"]]
    /// Its objects.
    public var annotations: [JSONValue] = []

    /// One without images.
    public init() {}

    /// One with images of 40x30 pixels, called by their ids from 1, each with a cat.
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

    /// Adds an object, with more members if asked for.
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

    /// The file.
    public var text: String {
        let document: JSONValue = [
            "images": .array(images), "categories": .array(categories), "annotations": .array(annotations),
        ]
        return document.text(pretty: true)
    }
}
