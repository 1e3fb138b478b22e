import Boxes
import Images
import Testing
import Visualization

@Suite struct DrawnPoseTests {
    private let skeleton = Skeleton(
        keypointNames: ["a", "b", "c"], limbs: [Skeleton.Pair(0, 1), Skeleton.Pair(1, 2)])

    private func image(_ pose: DrawnPose?) throws -> Image {
        let box = Box<ImagePixels>(xMin: 10, yMin: 10, xMax: 390, yMax: 290)
        return try drawBoxes(
            on: .gray(400, 300), [LabelledBox(box: box, label: "", color: .red, pose: pose)], minimumSide: 0
        ).image()
    }

    @Test func limbsHaveColoursOfTheirOwnAndKeypointsAreDots() throws {
        let pose = DrawnPose(
            [Keypoint(x: 60, y: 60), Keypoint(x: 200, y: 60), Keypoint(x: 200, y: 200, visibility: .hidden)],
            of: skeleton)
        let image = try image(pose)
        #expect(image[130, 60] == Palette.color(0).bytes)
        #expect(image[200, 130] == Palette.color(1).bytes)
        #expect(image[60, 60] == Palette.color(0).bytes)
        // A hidden keypoint is a ring with a dark middle.
        #expect(image[200, 200].r < 60 && image[200, 200].g < 60)
        #expect(image[300, 250] == (128, 128, 128))
    }

    @Test func absentKeypointsTakeTheirLimbsWithThem() throws {
        let image = try image(DrawnPose([.absent, Keypoint(x: 200, y: 60), Keypoint(x: 200, y: 200)], of: skeleton))
        #expect(image[130, 60] == (128, 128, 128))
        #expect(image[200, 130] == Palette.color(1).bytes)
    }

    @Test func anyPlaceCanBeDrawn() throws {
        let places = [Double.nan, .infinity, -1e308, 1e308, -5, 1e6]
        for x in places {
            let pose = DrawnPose(
                [
                    ScoredKeypoint(x: x, y: 5, score: 1), ScoredKeypoint(x: 5, y: x, score: .nan),
                    ScoredKeypoint(x: x, y: x, score: 0),
                ],
                of: skeleton)
            #expect(try image(pose).width == 400)
        }
        #expect(try image(DrawnPose(places: [], limbs: skeleton.limbs)) == image(nil))
    }
}
