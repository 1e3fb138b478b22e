import Boxes
import Tensors

/// The pose of a stick figure that faces the viewer: its keypoints in its own coordinates, where it is about 1 high and centred on
/// the origin.
struct FigurePose: Sendable {
    /// A point; x grows to the right, y downwards.
    typealias Point = (x: Double, y: Double)

    /// The keypoints in the order of ``skeleton``.
    private(set) var keypoints: [Point]
    /// The radius of the head.
    static let headRadius = 0.085

    /// The keypoints and limbs of a figure.
    static let skeleton = Skeleton(
        keypointNames: [
            "head", "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist",
            "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
        ],
        limbs: [
            (0, 1), (0, 2), (1, 2), (1, 3), (3, 5), (2, 4), (4, 6), (1, 7), (2, 8), (7, 8), (7, 9), (9, 11), (8, 10),
            (10, 12),
        ].map { Skeleton.Pair($0.0, $0.1) })

    /// Creates a random pose. The figure's left is on the image's right.
    init(random: inout SeededGenerator) {
        keypoints = [Point](repeating: (0, 0), count: Self.skeleton.keypointCount)
        keypoints[0] = (random.uniform(-0.03, 0.03), -0.41)
        for (side, sign) in [(0, 1.0), (1, -1.0)] {
            let shoulder = (x: sign * 0.12, y: -0.27)
            let elbow = Self.step(from: shoulder, sign, random.uniform(-0.1, 1), random.uniform(-0.8, 1), 0.17)
            let wrist = Self.step(from: elbow, sign, random.uniform(-0.6, 1), random.uniform(-1, 1), 0.17)
            let hip = (x: sign * 0.075, y: 0.03)
            let knee = Self.step(from: hip, sign, random.uniform(-0.1, 0.7), 1, 0.23)
            let ankle = Self.step(from: knee, sign, random.uniform(-0.5, 0.4), 1, 0.22)
            for (index, point) in [shoulder, elbow, wrist, hip, knee, ankle].enumerated() {
                keypoints[1 + 2 * index + side] = point
            }
        }
    }

    /// Returns a point at a distance from the start, in a direction whose x grows away from the body's centre line.
    private static func step(
        from start: Point, _ sign: Double, _ outwards: Double, _ downwards: Double, _ length: Double
    ) -> Point {
        let norm = max((outwards * outwards + downwards * downwards).squareRoot(), 0.2)
        return (start.x + sign * outwards / norm * length, start.y + downwards / norm * length)
    }
}
