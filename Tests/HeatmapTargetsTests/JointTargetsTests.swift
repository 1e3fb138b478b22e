import Boxes
import Foundation
import HeatmapTargets
import Tensors
import Testing

@Suite struct JointTargetsTests {
    private let rows = 13
    private let columns = 18
    private let jointCount = 4

    private func randomObjects(_ seed: UInt64) -> [TargetObject] {
        var random = SeededGenerator(seed)
        return (0..<random.integer(in: 1...5)).map { _ in
            let box = Box<OutputCells>(
                centerX: random.uniform(-1, Double(columns) + 1), centerY: random.uniform(-1, Double(rows) + 1),
                width: random.uniform(1, 14), height: random.uniform(1, 14))
            let joints = (0..<jointCount).map { _ in
                random.chance(0.2)
                    ? .absent
                    : Joint<OutputCells>(
                        x: random.uniform(box.xMin - 2, box.xMax + 2), y: random.uniform(box.yMin - 2, box.yMax + 2),
                        visibility: random.chance(0.5) ? .hidden : .visible)
            }
            return TargetObject(classIndex: 0, box: box, joints: joints)
        }
    }

    private func render(_ objects: [TargetObject]) -> DetectionTargets {
        .render(objects, classCount: 1, jointCount: jointCount, rows: rows, columns: columns)
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func everyCellAndPlaceFollowsTheDefinition(seed: UInt64) throws {
        let objects = randomObjects(seed)
        let joints = try #require(render(objects).joints)
        var places: [JointTargets.Place] = []
        var wanted = Tensor([jointCount, rows, columns])
        for object in objects {
            let box = object.box.clipped(width: Double(columns - 1), height: Double(rows - 1))
            if box.isEmpty { continue }
            let (row, column) = (Int(floor(box.centerY)), Int(floor(box.centerX)))
            let radius = GaussianRadius.published.radius(width: box.width, height: box.height)
            let sigma = Double(2 * radius + 1) / 6
            for (index, joint) in object.joints.enumerated() where joint.visibility != .absent {
                let (x, y) = (Int(floor(joint.x)), Int(floor(joint.y)))
                guard (0..<columns).contains(x), (0..<rows).contains(y) else { continue }
                places.append(
                    JointTargets.Place(
                        joint: index, centerRow: row, centerColumn: column,
                        displacementX: Float(joint.x - Double(column)), displacementY: Float(joint.y - Double(row)),
                        row: y, column: x, offsetX: Float(joint.x - Double(x)), offsetY: Float(joint.y - Double(y))))
                for r in 0..<rows where abs(r - y) <= radius {
                    for c in 0..<columns where abs(c - x) <= radius {
                        let distance = Double((r - y) * (r - y) + (c - x) * (c - x))
                        wanted[index, r, c] = max(wanted[index, r, c], Float(exp(-distance / (2 * sigma * sigma))))
                    }
                }
            }
        }
        #expect(joints.places == places)
        #expect(zip(joints.heatmap.elements, wanted.elements).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(joints.peakCount == joints.heatmap.elements.count { $0 == 1 })
    }

    @Test func boxesAndHeatmapsAreThoseWithoutJoints() {
        let objects = randomObjects(5).filter { $0.joints.contains(where: \.isAnnotated) }
        let plain = DetectionTargets.render(objects, classCount: 1, rows: rows, columns: columns)
        let posed = render(objects)
        #expect(plain.heatmap == posed.heatmap && plain.centers == posed.centers && plain.joints == nil)
    }

    /// CenterNet's rule for people of whom no joint is annotated: crowds, mostly.
    @Test func anObjectWithoutAnAnnotatedJointHasAPeakAndNoBox() {
        let box = Box<OutputCells>(xMin: 2, yMin: 2, xMax: 9, yMax: 8)
        let bare = TargetObject(classIndex: 0, box: box, joints: Array(repeating: .absent, count: jointCount))
        #expect(render([bare]).peakCount == 1 && render([bare]).centers.isEmpty)
        #expect(render([bare]).joints?.places == [])
        // A class without joints is learned as ever.
        #expect(render([TargetObject(classIndex: 0, box: box)]).centers.count == 1)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, 1e300, -1])
    func whatLiesNowhereIsNotLearned(place: Double) {
        let box = Box<OutputCells>(xMin: 2, yMin: 2, xMax: 9, yMax: 8)
        for joint in [Joint<OutputCells>(x: place, y: 4), Joint(x: 4, y: place)] {
            let object = TargetObject(
                classIndex: 0, box: box, joints: [joint] + Array(repeating: .absent, count: jointCount - 1))
            #expect(render([object]).joints?.places == [])
        }
    }
}
