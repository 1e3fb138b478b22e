import Boxes

/// Keypoints as somebody writes them down: `head,left_hand,right_hand`, a file with a name a line, or COCO's.
public enum KeypointNameList {
    /// The skeleton that a text stands for; only COCO's has limbs.
    ///
    /// - Parameter text: `coco`, a file's path, or names with commas between them, in the order of a network's channels.
    /// - Throws: ``DatasetError/names(_:)`` with a sentence when there are none or one is there twice, or the file cannot be read.
    public static func skeleton(_ text: String) throws(DatasetError) -> Skeleton {
        if text == "coco" { return coco }
        let names = try writtenNames(text)
        if names.isEmpty { throw .names("'\(text)' names no keypoint") }
        if Set(names).count < names.count { throw .names("'\(text)' names a keypoint twice") }
        return Skeleton(keypointNames: names)
    }

    /// The 17 keypoints of COCO's people, and the limbs that its annotations list.
    public static let coco = Skeleton(
        keypointNames: [
            "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow",
            "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee",
            "left_ankle", "right_ankle",
        ],
        limbs: [
            (15, 13), (13, 11), (16, 14), (14, 12), (11, 12), (5, 11), (6, 12), (5, 6), (5, 7), (6, 8), (7, 9), (8, 10),
            (1, 2), (0, 1), (0, 2), (1, 3), (2, 4), (3, 5), (4, 6),
        ].map { Skeleton.Pair($0.0, $0.1) })
}
