import Boxes
import Evaluation
import JSON
import TestSupport
import Testing

/// Comparison with pycocotools' metrics, made by `Tools/Goldens/keypoint_average_precision.py`.
@Suite struct KeypointGoldenTests {
    @Test(arguments: 0..<5)
    func numbersAgree(index: Int) throws {
        let scene = try Golden.load("keypoints-average-precision")["scenes"].array()[index]
        let groundTruths = try scene["groundTruths"].array().map { entry in
            let numbers = try entry["keypoints"].numbers()
            return GroundTruthBox(
                image: try entry["image"].integer(), classIndex: try entry["category"].integer(),
                box: try box(entry["box"]), crowd: try entry["crowd"].integer() == 1,
                area: try entry["area"].number(),
                keypoints: stride(from: 0, to: numbers.count, by: 3).map {
                    Keypoint(
                        x: numbers[$0], y: numbers[$0 + 1],
                        visibility: KeypointVisibility(rawValue: Int(numbers[$0 + 2])) ?? .absent)
                })
        }
        let detections = try scene["detections"].array().map { entry in
            let numbers = try entry["keypoints"].numbers()
            let keypoints = stride(from: 0, to: numbers.count, by: 3).map {
                ScoredKeypoint<ImagePixels>(x: numbers[$0], y: numbers[$0 + 1], score: 1)
            }
            let (xs, ys) = (keypoints.map(\.x), keypoints.map(\.y))
            let around = Box<ImagePixels>(
                xMin: xs.min() ?? 0, yMin: ys.min() ?? 0, xMax: xs.max() ?? 0, yMax: ys.max() ?? 0)
            return ScoredBox(
                image: try entry["image"].integer(), classIndex: try entry["category"].integer(),
                box: try entry.optional("box").map(box) ?? around, score: try entry["score"].number(),
                keypoints: keypoints)
        }
        let report = poseAveragePrecision(
            groundTruth: groundTruths, detections: detections,
            similarity: KeypointSimilarity(sigmas: try scene["sigmas"].numbers()),
            classCount: try scene["classCount"].integer(), imageCount: try scene["imageCount"].integer())
        #expect(report.numbers.count == 10)
        for (name, value) in report.numbers {
            let expected = try scene["expected"][name].number()
            #expect(abs(value - expected) < 1e-9, "\(name) is \(value), not \(expected)")
        }
    }

    private func box(_ value: JSONValue) throws -> Box<ImagePixels> {
        let numbers = try value.numbers()
        return Box(xMin: numbers[0], yMin: numbers[1], xMax: numbers[0] + numbers[2], yMax: numbers[1] + numbers[3])
    }

    @Test func spreadsFollowTheNames() {
        let people = Skeleton(keypointNames: [
            "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow",
            "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee",
            "left_ankle",
            "right_ankle",
        ])
        #expect(
            KeypointSimilarity(of: people).sigmas.first == 0.026 && KeypointSimilarity(of: people).sigmas.last == 0.089)
        #expect(KeypointSimilarity(of: Skeleton(keypointNames: ["nose", "tail"])).sigmas == [0.5, 0.5])
    }

    @Test func nothingToFindIsUndefined() {
        let report = poseAveragePrecision(
            groundTruth: [], detections: [], similarity: KeypointSimilarity(sigmas: [0.1]), classCount: 2, imageCount: 3
        )
        #expect(report.numbers.allSatisfy { $0.value == -1 } && report.perClassAP == [-1, -1])
    }
}
