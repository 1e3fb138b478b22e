import Boxes
import Testing

@Suite struct SkeletonTests {
    @Test(
        "Mirror pairs are derived from names",
        arguments: [
            ["left_eye", "right_eye"], ["l_hip", "r_hip"], ["Left Knee", "Right Knee"], ["leftAnkle", "rightAnkle"],
            ["lefthand", "righthand"], ["wing_left_tip", "wing_right_tip"], ["eye-L", "eye-R"],
        ])
    func pairs(names: [String]) {
        #expect(Skeleton.mirrorPairs(of: ["nose"] + names) == [Skeleton.Pair(1, 2)])
        // The right one may come first; the pair still begins with the left one.
        #expect(Skeleton.mirrorPairs(of: names.reversed() + ["tail"]) == [Skeleton.Pair(1, 0)])
    }

    @Test func whatOnlyLooksLikeASideIsNone() {
        #expect(
            Skeleton.mirrorPairs(of: ["left_eye", "right_ear", "lip", "rip", "bright", "blight", "left", "nose"]) == [])
        // Two left keypoints for one right: the first is paired, and no keypoint is in two pairs.
        let pairs = Skeleton.mirrorPairs(of: ["left_eye", "l_eye", "right_eye"])
        #expect(pairs == [Skeleton.Pair(0, 2)])
    }

    @Test func cocosSeventeenAreEightPairs() {
        let names = [
            "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow",
            "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee",
            "left_ankle",
            "right_ankle",
        ]
        let skeleton = Skeleton(keypointNames: names)
        #expect(skeleton.mirrorPairs == stride(from: 1, to: 17, by: 2).map { Skeleton.Pair($0, $0 + 1) })
        #expect(skeleton.mirrored == [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15])
        #expect(skeleton.mirrored.map { skeleton.mirrored[$0] } == Array(0..<17))
        #expect(Skeleton(keypointNames: names, mirrorPairs: []).mirrored == Array(0..<17))
    }

    @Test func absentKeypointsStayAbsentInAnyView() {
        let map = AffineMap<ImagePixels, InputPixels>(scaleX: -2, scaleY: 3, shiftX: 10)
        #expect(map.isMirrored && !AffineMap<ImagePixels, InputPixels>(scaleX: -2, scaleY: -3).isMirrored)
        #expect(Keypoint<ImagePixels>.absent.mapped(by: map) == Keypoint<InputPixels>.absent)
        #expect(
            Keypoint(x: 1, y: 2, visibility: .hidden).mapped(by: map)
                == Keypoint<InputPixels>(x: 8, y: 6, visibility: .hidden))
    }
}
