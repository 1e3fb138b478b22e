import Boxes
import Evaluation
import Testing

extension CatalogueUses {
    @Test func evaluation() throws {
        let groundTruth = [GroundTruthBox(image: 0, classIndex: 0, box: Box(xMin: 10, yMin: 10, xMax: 60, yMax: 60))]
        let detections = [
            ScoredBox(image: 0, classIndex: 0, box: Box(xMin: 12, yMin: 11, xMax: 61, yMax: 58), score: 0.9)
        ]
        let report = averagePrecision(groundTruth: groundTruth, detections: detections, classCount: 1, imageCount: 1)
        let table = report.table(classNames: ["cat"])
        #expect(abs(report.AP50 - 1) < 1e-9 && table.contains("cat"))
    }
}
