import Boxes

/// Keypoint names given by a user: `head,left_hand,right_hand`, a file with one name per line, or COCO's.
public enum KeypointNameList {
    /// Returns the skeleton that a text stands for; only COCO's has limbs.
    ///
    /// - Parameter text: `coco`, the path of a file, or comma-separated names, in the order of the network's channels.
    /// - Throws: ``DatasetError/names(_:)`` with a sentence when there are no names, one appears twice, or the file cannot be read.
    public static func skeleton(_ text: String) throws(DatasetError) -> Skeleton {
        if text == "coco" { return coco }
        let names = try writtenNames(text)
        if names.isEmpty { throw .names("'\(text)' contains no keypoint names") }
        if Set(names).count < names.count { throw .names("'\(text)' names a keypoint twice") }
        return Skeleton(keypointNames: names)
    }

    /// COCO's 17 person keypoints, with the limbs listed in its annotations.
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
