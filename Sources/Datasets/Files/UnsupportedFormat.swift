/// Common formats that are not supported, recognized by the beginning of their files so that messages can name them.
enum UnsupportedFormat {
    /// Returns the name of a JSON document's format; nil when it is not a known annotation format.
    static func name(of json: JSONHead) -> String? {
        if json.isList {
            if json.has("image_id", "category_id", "score") { return "a file of detections in COCO's result form" }
            if json.has("annotations", "data") || json.has("completions") {
                return "Label Studio's own JSON (export as COCO, VOC or YOLO)"
            }
            if json.has("Labeled Data") || json.has("data_row") { return "Labelbox's JSON (export as COCO)" }
            if json.has("name", "labels") { return "BDD100K's JSON" }
            return nil
        }
        if json.has("_via_settings") || json.has("_via_img_metadata") || json.has("file") && json.has("metadata") {
            return "a project of the VGG Image Annotator (export annotations as COCO)"
        }
        // Its annotations have one member per image, named by the file's name and size.
        if json.members.contains(where: { $0.value == .object && isNamedByImage($0.key) }) {
            return "annotations of the VGG Image Annotator in its own JSON (export them as COCO)"
        }
        if json.has("asset", "regions") || json.has("visitedTags") { return "VoTT's JSON (export as Pascal VOC)" }
        if json.has("objects", "size", "tags") { return "Supervisely's JSON (export as COCO or VOC)" }
        if json.has("items", "categories") { return "Datumaro's JSON (convert to COCO or VOC)" }
        if json.has("data_row") { return "Labelbox's JSON (export as COCO)" }
        if json.has("type", "features") { return "GeoJSON" }
        return nil
    }

    private static func isNamedByImage(_ key: String) -> Bool {
        let name = key.lowercased()
        return [".jpg", ".jpeg", ".png"].contains { name.contains($0) }
    }
}
