import Boxes
import Foundation

/// COCO's object keypoint similarity (OKS) of a detection and an object.
///
/// The mean, over the object's annotated keypoints, of `exp(-d^2 / (8 s^2 area))`, where `d` is the distance in pixels and `s` the standard
/// deviation of annotations of this keypoint. 1 is perfect; 0.6 is where a keypoint is off by about `2 s sqrt(area)`.
public struct KeypointSimilarity: Hashable, Sendable {
    /// `s` for each keypoint, as a fraction of the square root of the object's area.
    public let sigmas: [Double]
    private let variances: [Double]

    /// Creates a similarity with these standard deviations.
    ///
    /// - Precondition: All standard deviations are above 0.
    public init(sigmas: [Double]) {
        precondition(sigmas.allSatisfy { $0 > 0 }, "all keypoint sigmas must be above 0: \(sigmas)")
        self.sigmas = sigmas
        variances = sigmas.map { 2 * $0 * (2 * $0) }
    }

    /// Creates a similarity for a skeleton: COCO's standard deviations for COCO's keypoints, and `1 / k` for each of any other `k`
    /// keypoints.
    public init(of skeleton: Skeleton) {
        let measured = skeleton.keypointNames.compactMap { Self.cocoSigmas[$0] }
        let count = skeleton.keypointCount
        self.init(
            sigmas: measured.count == count && count == Self.cocoSigmas.count
                ? measured : [Double](repeating: 1 / Double(max(1, count)), count: count))
    }

    /// Returns the similarity of a detection and an object.
    ///
    /// For an object without annotated keypoints, mostly a crowd, the distance of each keypoint from a box of three times the object's
    /// width and height is used instead.
    func callAsFunction(_ found: ScoredBox, _ object: GroundTruthBox) -> Double {
        guard found.keypoints.count == sigmas.count else { return 0 }
        let area = object.area ?? object.box.area
        let isWithoutKeypoints = !object.keypoints.contains(where: \.isAnnotated)
        precondition(
            isWithoutKeypoints || object.keypoints.count == sigmas.count,
            "an object with \(object.keypoints.count) keypoints, and \(sigmas.count) sigmas")
        let box = object.box
        let wide = Box<ImagePixels>(
            xMin: box.xMin - box.width, yMin: box.yMin - box.height, xMax: box.xMin + 2 * box.width,
            yMax: box.yMin + 2 * box.height)
        var (sum, count) = (0.0, 0)
        for (index, place) in found.keypoints.enumerated()
        where isWithoutKeypoints || object.keypoints[index].isAnnotated {
            let (dx, dy): (Double, Double)
            if isWithoutKeypoints {
                dx = max(0, wide.xMin - place.x) + max(0, place.x - wide.xMax)
                dy = max(0, wide.yMin - place.y) + max(0, place.y - wide.yMax)
            } else {
                (dx, dy) = (place.x - object.keypoints[index].x, place.y - object.keypoints[index].y)
            }
            sum += exp(-((dx * dx + dy * dy) / variances[index] / (area + .ulpOfOne) / 2))
            count += 1
        }
        return count > 0 ? sum / Double(count) : 0
    }

    /// Standard deviations of redundant annotations (pycocotools' `kpt_oks_sigmas`).
    private static let cocoSigmas: [String: Double] = [
        "nose": 0.026, "left_eye": 0.025, "right_eye": 0.025, "left_ear": 0.035, "right_ear": 0.035,
        "left_shoulder": 0.079, "right_shoulder": 0.079, "left_elbow": 0.072, "right_elbow": 0.072,
        "left_wrist": 0.062, "right_wrist": 0.062, "left_hip": 0.107, "right_hip": 0.107, "left_knee": 0.087,
        "right_knee": 0.087, "left_ankle": 0.089, "right_ankle": 0.089,
    ]
}
