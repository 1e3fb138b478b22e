import Boxes
import HeatmapTargets
import Tensors
import Testing

/// Objects that the loss ignores: crowds, and difficult ones if configured.
@Suite struct IgnoredObjectTests {
    private func object(
        _ classIndex: Int, _ xMin: Double, _ yMin: Double, _ xMax: Double, _ yMax: Double, isIgnored: Bool = false
    ) -> TargetObject {
        TargetObject(
            classIndex: classIndex, box: Box(xMin: xMin, yMin: yMin, xMax: xMax, yMax: yMax), isIgnored: isIgnored)
    }

    private func render(_ objects: [TargetObject], rows: Int = 12, columns: Int = 16) -> DetectionTargets {
        DetectionTargets.render(objects, classCount: 3, rows: rows, columns: columns)
    }

    /// Boxes inside the map, across its borders, covering all of it, within a cell, and outside.
    @Test(arguments: [
        (3.0, 2.0, 7.0, 6.0), (3.2, 2.7, 6.1, 6.9), (-5, -5, 2.5, 3.5), (12.5, 8.5, 40, 40), (-10, -10, 100, 100),
        (4.2, 4.3, 4.6, 4.9), (0, 0, 1, 1), (20, 3, 30, 5), (-9, 3, -2, 5), (5, 5, 5, 9),
    ]) func theCellsThatItsBoxCovers(_ xMin: Double, _ yMin: Double, _ xMax: Double, _ yMax: Double) {
        let others = [object(0, 2, 2, 9, 9), object(2, 6, 1, 14, 8)]
        let plain = render(others)
        let masked = render(others + [object(1, xMin, yMin, xMax, yMax, isIgnored: true)])
        for classIndex in 0..<3 {
            for row in 0..<12 {
                for column in 0..<16 {
                    let isCovered =
                        classIndex == 1 && xMin < Double(column + 1) && xMax > Double(column) && yMin < Double(row + 1)
                        && yMax > Double(row) && xMin < xMax && yMin < yMax
                    #expect(
                        masked.heatmap[classIndex, row, column]
                            == (isCovered ? DetectionTargets.ignoredTarget : plain.heatmap[classIndex, row, column]),
                        "class \(classIndex), row \(row), column \(column)")
                }
            }
        }
        // An ignored object has no size to learn, and no peak to count.
        #expect(masked.centers == plain.centers && masked.peakCount == plain.peakCount)
    }

    @Test(arguments: [true, false]) func peaksInsideStay(isFirst: Bool) {
        let (crowd, single) = (object(0, 0, 0, 16, 12, isIgnored: true), object(0, 4, 3, 9, 8))
        let targets = render(isFirst ? [crowd, single] : [single, crowd])
        let center = targets.centers[0]
        #expect(targets.centers.count == 1 && targets.peakCount == 1)
        for row in 0..<12 {
            for column in 0..<16 {
                let isPeak = (row, column) == (center.row, center.column)
                #expect(targets.heatmap[0, row, column] == (isPeak ? 1 : DetectionTargets.ignoredTarget))
            }
        }
    }

    @Test func boxesThatAreNoNumbersMaskNothing() {
        for edges in [(Double.nan, 1.0, 5.0, 5.0), (1, 1, .infinity, 5), (1, .nan, 5, 5)] {
            let targets = render([object(0, edges.0, edges.1, edges.2, edges.3, isIgnored: true)])
            #expect(targets.heatmap.elements.allSatisfy { $0 == 0 })
        }
    }

    @Test func theKeypointsOfACrowdAreUnknownToo() throws {
        var person = object(0, 2, 2, 8, 8)
        person.keypoints = [Keypoint(x: 3.5, y: 3.5), Keypoint(x: 6.5, y: 6.5)]
        let crowd = object(0, 0, 0, 16, 6, isIgnored: true)
        let targets = DetectionTargets.render([person, crowd], classCount: 1, keypointCount: 2, rows: 12, columns: 16)
        let keypoints = try #require(targets.keypoints)
        #expect(keypoints.heatmap[0, 3, 3] == 1 && keypoints.heatmap[1, 6, 6] == 1)
        for keypoint in 0..<2 {
            #expect(keypoints.heatmap[keypoint, 5, 15] == DetectionTargets.ignoredTarget)
            #expect(keypoints.heatmap[keypoint, 10, 15] == 0)
        }
        #expect(keypoints.places.count == 2)
    }

    @Test func itIsTheLargestNumberBelowOne() {
        #expect(DetectionTargets.ignoredTarget < 1 && DetectionTargets.ignoredTarget.nextUp == 1)
    }
}
