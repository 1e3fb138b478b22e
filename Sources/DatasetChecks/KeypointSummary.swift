import Boxes
import Datasets
import Foundation
import JSON

/// The numbers of a data set's annotated and visible keypoints.
public struct KeypointSummary: Hashable, Sendable {
    /// One kind of keypoint.
    public struct Kind: Hashable, Sendable {
        /// The keypoint's name.
        public var name: String
        /// The numbers of visible, occluded and unannotated keypoints.
        public var visible, hidden, absent: Int
    }

    /// The kinds, in the order of the skeleton.
    public var kinds: [Kind]
    /// The number of limbs, and of pairs that are swapped in a mirrored image.
    public var limbs, mirrorPairs: Int
    /// The number of objects with an annotated keypoint, and of objects without one in classes with keypoints.
    public var objects, withoutKeypoints: Int

    /// The number of annotated keypoints, visible or hidden.
    public var annotated: Int { kinds.reduce(0) { $0 + $1.visible + $1.hidden } }

    init(_ samples: [Sample], skeleton: Skeleton) {
        var kinds = skeleton.keypointNames.map { Kind(name: $0, visible: 0, hidden: 0, absent: 0) }
        var (objects, withoutKeypoints) = (0, 0)
        for object in samples.lazy.flatMap(\.objects) where !object.keypoints.isEmpty {
            if object.keypoints.contains(where: \.isAnnotated) { objects += 1 } else { withoutKeypoints += 1 }
            for (index, keypoint) in object.keypoints.enumerated() {
                switch keypoint.visibility {
                case .visible: kinds[index].visible += 1
                case .hidden: kinds[index].hidden += 1
                case .absent: kinds[index].absent += 1
                }
            }
        }
        self.kinds = kinds
        (self.objects, self.withoutKeypoints) = (objects, withoutKeypoints)
        (limbs, mirrorPairs) = (skeleton.limbs.count, skeleton.mirrorPairs.count)
    }

    var json: JSONValue {
        [
            "annotated": .integer(annotated), "objects": .integer(objects),
            "withoutKeypoints": .integer(withoutKeypoints),
            "limbs": .integer(limbs), "mirrorPairs": .integer(mirrorPairs),
            "kinds": .object(
                JSONObject(
                    kinds.map {
                        (
                            $0.name,
                            [
                                "visible": .integer($0.visible), "hidden": .integer($0.hidden),
                                "absent": .integer($0.absent),
                            ]
                        )
                    })),
        ]
    }

    /// The summary's heading in the terminal; ``rows`` has one row per kind.
    var head: String {
        "Keypoints: \(annotated) annotated on \(objects) objects; \(withoutKeypoints) objects without any; \(limbs) limbs, "
            + "\(mirrorPairs) left-right pairs"
    }

    var rows: [[String]] { kinds.map { [$0.name, "\($0.visible)", "\($0.hidden)", "\($0.absent)"] } }
}
