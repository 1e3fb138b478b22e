/// What a folder's, a list's or a file's name says about the split of what it holds: `train2017`, `Valid`, `images_test`.
struct SplitName {
    /// `train`, `val`, `trainval` or `test`.
    let split: String

    /// nil when the name speaks of no split, or of several.
    init?(_ name: some StringProtocol) {
        let words = name.lowercased().split { !$0.isLetter }
        let found = Set(words.compactMap { Self.words[$0] })
        guard found.count == 1, let split = found.first,
            words.allSatisfy({ Self.words[$0] != nil || Self.companions.contains($0) })
        else { return nil }
        self.split = split
    }

    private static let words: [Substring: String] = [
        "train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val", "dev": "val",
        "eval": "val", "trainval": "trainval", "test": "test", "testing": "test",
    ]

    /// What may stand beside it without changing what it says.
    private static let companions: Set<Substring> = [
        "images", "image", "imgs", "img", "annotations", "annotation", "annots", "labels", "label", "xml", "xmls",
        "csv",
        "json", "data", "dataset", "set", "split", "voc", "coco", "yolo", "instances", "person", "keypoints", "bbox",
        "bboxes", "boxes", "list", "files", "info", "jpegimages", "createml", "labelme", "via", "gt",
    ]
}
