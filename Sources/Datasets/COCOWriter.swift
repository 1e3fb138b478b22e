import Boxes
import Foundation
import JSON
import Tensors

/// Writes COCO folders with joints: `images` and `annotations/keypoints_SPLIT.json`.
struct COCOWriter {
    /// A picture and what is in it.
    struct Picture: Sendable {
        /// Its file name, with extension.
        var name: String
        var width, height: Int
        var objects: [AnnotatedObject]
    }

    /// The folder.
    let root: URL

    /// Makes the folders.
    ///
    /// - Throws: ``DatasetError/cannotWrite(path:reason:)`` when there is something already, or no permission.
    init(new root: URL) throws(DatasetError) {
        self.root = root
        try FileSystem.makeFolders(["annotations", "images"], inNew: root)
    }

    /// Where a picture goes.
    func image(_ name: String) -> URL { root.appendingPathComponent("images").appendingPathComponent(name) }

    /// Writes what is in the pictures of a split.
    func write(
        split: String, _ pictures: [Picture], classNames: [String], skeleton: Skeleton
    ) throws(DatasetError) {
        let file = root.appendingPathComponent("annotations/keypoints_\(split).json")
        let text = Self.json(pictures, classNames: classNames, skeleton: skeleton).text(pretty: false) + "\n"
        do throws(FileError) { try writeAtomically(Data(text.utf8), to: file) } catch {
            throw .cannotWrite(path: error.path, reason: error.reason)
        }
    }

    /// A document as COCO has them; ids count from 1, places are rounded to hundredths of a pixel.
    static func json(_ pictures: [Picture], classNames: [String], skeleton: Skeleton) -> JSONValue {
        var annotations: [JSONValue] = []
        for (index, picture) in pictures.enumerated() {
            for object in picture.objects {
                annotations.append(json(object, id: annotations.count + 1, image: index + 1))
            }
        }
        // A ball has no joints, so none are missing of it.
        let jointed = Set(pictures.flatMap(\.objects).filter { !$0.joints.isEmpty }.map(\.classIndex))
        let categories = classNames.enumerated().map { index, name -> JSONValue in
            if !jointed.contains(index) { return ["id": .integer(index + 1), "name": .string(name)] }
            return [
                "id": .integer(index + 1), "name": .string(name),
                "keypoints": .array(skeleton.jointNames.map { .string($0) }),
                "skeleton": .array(skeleton.limbs.map { [.integer($0.first + 1), .integer($0.second + 1)] }),
            ]
        }
        let images = pictures.enumerated().map { index, picture -> JSONValue in
            [
                "id": .integer(index + 1), "file_name": .string(picture.name), "width": .integer(picture.width),
                "height": .integer(picture.height),
            ]
        }
        return ["images": .array(images), "categories": .array(categories), "annotations": .array(annotations)]
    }

    private static func json(_ object: AnnotatedObject, id: Int, image: Int) -> JSONValue {
        let box = object.box
        var entry = JSONObject([
            ("id", .integer(id)), ("image_id", .integer(image)), ("category_id", .integer(object.classIndex + 1)),
            ("bbox", .array([box.xMin, box.yMin, box.width, box.height].map(rounded))),
            ("area", rounded(object.area ?? box.area)), ("iscrowd", .integer(object.crowd ? 1 : 0)),
        ])
        if !object.joints.isEmpty {
            let places = object.joints.flatMap { joint -> [JSONValue] in
                joint.isAnnotated
                    ? [rounded(joint.x), rounded(joint.y), .integer(joint.visibility.rawValue)] : [0, 0, 0]
            }
            entry["num_keypoints"] = .integer(object.joints.count(where: \.isAnnotated))
            entry["keypoints"] = .array(places)
        }
        return .object(entry)
    }

    private static func rounded(_ value: Double) -> JSONValue { .number((value * 100).rounded() / 100) }
}
