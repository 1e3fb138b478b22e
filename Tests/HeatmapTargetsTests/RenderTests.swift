import Boxes
import Foundation
import HeatmapTargets
import Tensors
import Testing

@Suite struct RenderTests {
    private func object(_ classIndex: Int, _ box: Box<OutputCells>) -> TargetObject {
        TargetObject(classIndex: classIndex, box: box)
    }

    private func randomObjects(_ seed: UInt64, classCount: Int, rows: Int, columns: Int) -> [TargetObject] {
        var random = SeededGenerator(seed)
        return (0..<random.integer(in: 0...9)).map { _ in
            object(
                random.integer(in: 0...classCount - 1),
                Box(
                    centerX: random.uniform(-3, Double(columns) + 3), centerY: random.uniform(-3, Double(rows) + 3),
                    width: random.uniform(0, 20), height: random.uniform(0, 20)))
        }
    }

    private static let everyOption = GaussianRadius.allCases.flatMap { radius in
        BorderClipping.allCases.map { TargetOptions(radius: radius, clipping: $0) }
    }

    @Test(arguments: 0..<40 as Range<UInt64>, everyOption)
    func everyCellFollowsTheFormula(seed: UInt64, options: TargetOptions) {
        let (classCount, rows, columns) = (3, 13, 18)
        let objects = randomObjects(seed, classCount: classCount, rows: rows, columns: columns)
        let targets = DetectionTargets.render(
            objects, classCount: classCount, rows: rows, columns: columns, options: options)
        let cut = options.clipping == .published ? 1 : 0
        for classIndex in 0..<classCount {
            for row in 0..<rows {
                for column in 0..<columns {
                    var wanted = 0.0
                    for object in objects where object.classIndex == classIndex {
                        let (left, right) = (max(object.box.xMin, 0), min(object.box.xMax, Double(columns - cut)))
                        let (top, bottom) = (max(object.box.yMin, 0), min(object.box.yMax, Double(rows - cut)))
                        if right <= left || bottom <= top { continue }
                        let radius = options.radius.radius(width: right - left, height: bottom - top)
                        let dx = column - Int(floor((left + right) / 2))
                        let dy = row - Int(floor((top + bottom) / 2))
                        if abs(dx) > radius || abs(dy) > radius { continue }
                        let sigma = Double(2 * radius + 1) / 6
                        wanted = max(wanted, exp(-Double(dx * dx + dy * dy) / (2 * sigma * sigma)))
                    }
                    #expect(abs(Double(targets.heatmap[classIndex, row, column]) - wanted) < 1e-7)
                }
            }
        }
    }

    @Test(arguments: 0..<40 as Range<UInt64>, BorderClipping.allCases)
    func centersGiveBackTheClippedBoxes(seed: UInt64, clipping: BorderClipping) {
        let (rows, columns) = (13, 18)
        let objects = randomObjects(seed, classCount: 2, rows: rows, columns: columns)
        let targets = DetectionTargets.render(
            objects, classCount: 2, rows: rows, columns: columns, options: TargetOptions(clipping: clipping))
        let (width, height) = clipping == .exact ? (18.0, 13.0) : (17.0, 12.0)
        let boxes = objects.map { (object: $0, box: $0.box.clipped(width: width, height: height)) }.filter {
            !$0.box.isEmpty
        }
        #expect(targets.centers.count == boxes.count)
        for (center, expected) in zip(targets.centers, boxes) {
            let box = Box<OutputCells>(
                centerX: Double(center.column) + Double(center.offsetX),
                centerY: Double(center.row) + Double(center.offsetY), width: Double(center.width),
                height: Double(center.height))
            #expect(center.classIndex == expected.object.classIndex)
            #expect(abs(box.xMin - expected.box.xMin) < 1e-5 && abs(box.xMax - expected.box.xMax) < 1e-5)
            #expect(abs(box.yMin - expected.box.yMin) < 1e-5 && abs(box.yMax - expected.box.yMax) < 1e-5)
            #expect((0..<1).contains(center.offsetX) && (0..<1).contains(center.offsetY))
            #expect(targets.heatmap[center.classIndex, center.row, center.column] == 1)
        }
        let cells = Set(targets.centers.map { [$0.classIndex, $0.row, $0.column] })
        #expect(targets.peakCount == cells.count)
    }

    @Test func whatIsNotThereIsDropped() {
        let targets = DetectionTargets.render(
            [
                object(0, Box(xMin: 10, yMin: 2, xMax: 14, yMax: 5)),  // beyond the right border
                object(0, Box(xMin: -5, yMin: 2, xMax: 0, yMax: 5)),  // left of the map
                object(0, Box(xMin: 5, yMin: 2, xMax: 3, yMax: 5)),  // inverted
                object(0, Box(xMin: 3, yMin: 2, xMax: 3, yMax: 5)),  // no width
                object(0, Box(xMin: .nan, yMin: 2, xMax: 3, yMax: 5)),
                object(0, Box(xMin: 0, yMin: 2, xMax: .infinity, yMax: 5)),
            ], classCount: 1, rows: 10, columns: 10)
        #expect(targets.centers.isEmpty)
        #expect(targets.peakCount == 0)
        #expect(targets.heatmap == Tensor([1, 10, 10]))
    }

    @Test func objectsMayShareACell() {
        let small = object(0, Box(centerX: 4.5, centerY: 4.5, width: 2, height: 2))
        let large = object(0, Box(centerX: 4.25, centerY: 4.75, width: 8, height: 8))
        let targets = DetectionTargets.render([small, large], classCount: 2, rows: 10, columns: 10)
        #expect(targets.centers.count == 2)
        #expect(targets.peakCount == 1)
        #expect(targets.centers.map(\.width) == [2, 8])
        // The order of objects determines the order of centres and nothing else.
        let reversed = DetectionTargets.render([large, small], classCount: 2, rows: 10, columns: 10)
        #expect(reversed.heatmap == targets.heatmap)
        #expect(reversed.centers == targets.centers.reversed())
    }

    /// Strips of the last column and row, down to the thinnest, are learned, and only the published clipping loses them.
    @Test func nothingIsLostAtTheBorder() {
        let strips: [Box<OutputCells>] = [
            Box(xMin: 11, yMin: 0, xMax: 12, yMax: 7), Box(xMin: 0, yMin: 6.5, xMax: 12, yMax: 7),
            Box(xMin: 12.0.nextDown, yMin: 2, xMax: 12, yMax: 3),
        ]
        for strip in strips {
            for (clipping, count) in [(BorderClipping.exact, 1), (.published, 0)] {
                let targets = DetectionTargets.render(
                    [object(0, strip)], classCount: 1, rows: 7, columns: 12, options: TargetOptions(clipping: clipping))
                #expect(targets.centers.count == count && targets.peakCount == count)
            }
        }
    }

    @Test func aBoxOverTheWholeMapFits() {
        let targets = DetectionTargets.render(
            [object(0, Box(xMin: -100, yMin: -100, xMax: 100, yMax: 100))], classCount: 1, rows: 7, columns: 12)
        #expect(
            targets.centers == [
                DetectionTargets.Center(
                    classIndex: 0, row: 3, column: 6, width: 12, height: 7, offsetX: 0, offsetY: 0.5)
            ])
    }
}
