import Boxes
import Datasets
import Foundation
import JSON

/// How many of a data set's keypoints are annotated, and how many of those are seen.
public struct KeypointSummary: Hashable, Sendable {
    /// One kind of keypoint.
    public struct Kind: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// How many are annotated and seen, annotated behind something, and not annotated.
        public var visible, hidden, absent: Int
    }

    /// In the order of the skeleton.
    public var kinds: [Kind]
    /// Limbs that are drawn, and pairs that change places in a mirrored image.
    public var limbs, mirrorPairs: Int
    /// Objects with an annotated keypoint, and those of classes with keypoints without one.
    public var objects, withoutKeypoints: Int

    /// How many keypoints are annotated, seen or not.
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

    /// For a terminal: a sentence, then a row a kind.
    var head: String {
        "Keypoints: \(annotated) annotated on \(objects) objects; \(withoutKeypoints) objects without one; \(limbs) limbs, "
            + "\(mirrorPairs) left and right pairs"
    }

    var rows: [[String]] { kinds.map { [$0.name, "\($0.visible)", "\($0.hidden)", "\($0.absent)"] } }
}
