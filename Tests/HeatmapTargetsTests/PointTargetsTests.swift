import Boxes
import Foundation
import HeatmapTargets
import Tensors
import Testing

@Suite struct PointTargetsTests {
    private func points(_ seed: UInt64, _ count: Int, classCount: Int, rows: Int, columns: Int) -> [TargetObject] {
        var random = SeededGenerator(seed)
        return (0..<count).map { _ in
            TargetObject(
                classIndex: random.integer(in: 0...classCount - 1),
                box: Box(
                    pointX: random.uniform(-1, Double(columns) + 1), y: random.uniform(-1, Double(rows) + 1)),
                kind: .points)
        }
    }

    private static let radii = [
        PointRadius(), PointRadius(cells: [3.7], neighbourShare: 0), PointRadius(cells: [1, 6], neighbourShare: 0.8),
        PointRadius(cells: [0, 100], neighbourShare: 0.3),
    ]

    /// The definition: the class's radius, or the share of the distance to the nearest point of the class.
    private func radius(_ index: Int, _ objects: [TargetObject], _ radius: PointRadius) -> Int {
        let object = objects[index]
        let limit = radius.cells[radius.cells.count == 1 ? 0 : object.classIndex]
        if radius.neighbourShare == 0 { return Int(limit) }
        let distances = objects.indices.filter { $0 != index && objects[$0].classIndex == object.classIndex }.map {
            hypot(
                objects[$0].box.centerX - object.box.centerX, objects[$0].box.centerY - object.box.centerY)
        }
        return Int(min(limit, radius.neighbourShare * (distances.min() ?? .infinity)))
    }

    @Test(arguments: 0..<20 as Range<UInt64>, radii)
    func everyCellFollowsTheFormula(seed: UInt64, radii: PointRadius) {
        let (rows, columns) = (13, 18)
        let objects = points(seed, Int(seed) * 2, classCount: 2, rows: rows, columns: columns)
        let targets = DetectionTargets.render(
            objects, classCount: 2, objectKind: .points, rows: rows, columns: columns,
            options: TargetOptions(points: radii))
        var wanted = Tensor([2, rows, columns])
        for (index, object) in objects.enumerated() {
            let (x, y) = (object.box.centerX, object.box.centerY)
            guard x >= 0, y >= 0, x <= Double(columns), y <= Double(rows) else { continue }
            let radius = radius(index, objects, radii)
            let sigma = Double(2 * radius + 1) / 6
            for row in 0..<rows {
                for column in 0..<columns {
                    let (dx, dy) = (column - min(Int(x), columns - 1), row - min(Int(y), rows - 1))
                    if abs(dx) > radius || abs(dy) > radius { continue }
                    let value = Float(exp(-Double(dx * dx + dy * dy) / (2 * sigma * sigma)))
                    wanted[object.classIndex, row, column] = max(wanted[object.classIndex, row, column], value)
                }
            }
        }
        for (found, wanted) in zip(targets.heatmap.elements, wanted.elements) { #expect(abs(found - wanted) < 1e-6) }
    }

    @Test func pointsHaveAnOffsetAndNoSize() throws {
        let objects = [
            TargetObject(classIndex: 0, box: Box(pointX: 3.25, y: 2.5), kind: .points),
            TargetObject(classIndex: 0, box: Box(pointX: 8, y: 6), kind: .points),
            TargetObject(classIndex: 0, box: Box(pointX: 8.1, y: 3), kind: .points),
            TargetObject(classIndex: 0, box: Box(pointX: .nan, y: 3), kind: .points),
        ]
        let targets = DetectionTargets.render(objects, classCount: 1, objectKind: .points, rows: 6, columns: 8)
        // The edge of the map belongs to its last cell.
        #expect(
            targets.centers == [
                .init(classIndex: 0, row: 2, column: 3, width: 0, height: 0, offsetX: 0.25, offsetY: 0.5),
                .init(classIndex: 0, row: 5, column: 7, width: 0, height: 0, offsetX: 1, offsetY: 1),
            ])
        #expect(targets.objectKind == .points && targets.peakCount == 2)
    }

    @Test func nothingIsLearnedUnderACrowdAndAtAnIgnoredPoint() {
        let targets = DetectionTargets.render(
            [
                TargetObject(classIndex: 0, box: Box(xMin: 1, yMin: 1, xMax: 3, yMax: 2), isIgnored: true),
                TargetObject(classIndex: 0, box: Box(pointX: 6.5, y: 3.5), kind: .points),
                TargetObject(classIndex: 1, box: Box(pointX: 4.5, y: 0.5), kind: .points, isIgnored: true),
            ], classCount: 2, objectKind: .points, rows: 5, columns: 9,
            options: TargetOptions(points: PointRadius(cells: [0])))
        let ignored = targets.heatmap.elements.count { $0 == DetectionTargets.ignoredTarget }
        // Two cells under the crowd, and the point's own with its neighbours in two rows.
        #expect(ignored == 2 + 6 && targets.peakCount == 1 && targets.centers.count == 1)
    }
}
