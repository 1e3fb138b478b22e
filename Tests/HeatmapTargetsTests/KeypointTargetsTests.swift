import Boxes
import Foundation
import HeatmapTargets
import Tensors
import Testing

@Suite struct KeypointTargetsTests {
    private let rows = 13
    private let columns = 18
    private let keypointCount = 4

    private func randomObjects(_ seed: UInt64) -> [TargetObject] {
        var random = SeededGenerator(seed)
        return (0..<random.integer(in: 1...5)).map { _ in
            let box = Box<OutputCells>(
                centerX: random.uniform(-1, Double(columns) + 1), centerY: random.uniform(-1, Double(rows) + 1),
                width: random.uniform(1, 14), height: random.uniform(1, 14))
            let keypoints = (0..<keypointCount).map { _ in
                random.chance(0.2)
                    ? .absent
                    : Keypoint<OutputCells>(
                        x: random.uniform(box.xMin - 2, box.xMax + 2), y: random.uniform(box.yMin - 2, box.yMax + 2),
                        visibility: random.chance(0.5) ? .hidden : .visible)
            }
            return TargetObject(classIndex: 0, box: box, keypoints: keypoints)
        }
    }

    private func render(_ objects: [TargetObject]) -> DetectionTargets {
        .render(objects, classCount: 1, keypointCount: keypointCount, rows: rows, columns: columns)
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func everyCellAndPlaceFollowsTheDefinition(seed: UInt64) throws {
        let objects = randomObjects(seed)
        let keypoints = try #require(render(objects).keypoints)
        var places: [KeypointTargets.Place] = []
        var wanted = Tensor([keypointCount, rows, columns])
        for object in objects {
            let box = object.box.clipped(width: Double(columns), height: Double(rows))
            if box.isEmpty { continue }
            let (row, column) = (Int(floor(box.centerY)), Int(floor(box.centerX)))
            let radius = GaussianRadius.published.radius(width: box.width, height: box.height)
            let sigma = Double(2 * radius + 1) / 6
            for (index, keypoint) in object.keypoints.enumerated() where keypoint.visibility != .absent {
                let (x, y) = (Int(floor(keypoint.x)), Int(floor(keypoint.y)))
                guard (0..<columns).contains(x), (0..<rows).contains(y) else { continue }
                places.append(
                    KeypointTargets.Place(
                        keypoint: index, centerRow: row, centerColumn: column,
                        displacementX: Float(keypoint.x - Double(column)),
                        displacementY: Float(keypoint.y - Double(row)),
                        row: y, column: x, offsetX: Float(keypoint.x - Double(x)),
                        offsetY: Float(keypoint.y - Double(y))))
                for r in 0..<rows where abs(r - y) <= radius {
                    for c in 0..<columns where abs(c - x) <= radius {
                        let distance = Double((r - y) * (r - y) + (c - x) * (c - x))
                        wanted[index, r, c] = max(wanted[index, r, c], Float(exp(-distance / (2 * sigma * sigma))))
                    }
                }
            }
        }
        #expect(keypoints.places == places)
        #expect(zip(keypoints.heatmap.elements, wanted.elements).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(keypoints.peakCount == keypoints.heatmap.elements.count { $0 == 1 })
    }

    @Test func boxesAndHeatmapsAreThoseWithoutKeypoints() {
        let objects = randomObjects(5).filter { $0.keypoints.contains(where: \.isAnnotated) }
        let plain = DetectionTargets.render(objects, classCount: 1, rows: rows, columns: columns)
        let posed = render(objects)
        #expect(plain.heatmap == posed.heatmap && plain.centers == posed.centers && plain.keypoints == nil)
    }

    /// CenterNet's rule for people without annotated keypoints, mostly crowds.
    @Test func anObjectWithoutAnAnnotatedKeypointHasAPeakAndNoBox() {
        let box = Box<OutputCells>(xMin: 2, yMin: 2, xMax: 9, yMax: 8)
        let bare = TargetObject(classIndex: 0, box: box, keypoints: Array(repeating: .absent, count: keypointCount))
        #expect(render([bare]).peakCount == 1 && render([bare]).centers.isEmpty)
        #expect(render([bare]).keypoints?.places == [])
        // A class without keypoints is learned as usual.
        #expect(render([TargetObject(classIndex: 0, box: box)]).centers.count == 1)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, 1e300, -1])
    func whatLiesNowhereIsNotLearned(place: Double) {
        let box = Box<OutputCells>(xMin: 2, yMin: 2, xMax: 9, yMax: 8)
        for keypoint in [Keypoint<OutputCells>(x: place, y: 4), Keypoint(x: 4, y: place)] {
            let object = TargetObject(
                classIndex: 0, box: box, keypoints: [keypoint] + Array(repeating: .absent, count: keypointCount - 1))
            #expect(render([object]).keypoints?.places == [])
        }
    }
}
