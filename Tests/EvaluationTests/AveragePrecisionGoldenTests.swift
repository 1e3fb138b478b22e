import Boxes
import Evaluation
import JSON
import TestSupport
import Testing

@Suite struct AveragePrecisionGoldenTests {
    @Test func numbersAgree() throws {
        let golden = try Golden.load("average-precision")
        let groundTruth = try golden["groundTruth"].array().map { entry in
            GroundTruthBox(
                image: try entry["image"].integer(), classIndex: try entry["category"].integer(), box: try box(entry),
                difficult: try entry["difficult"].bool())
        }
        let detections = try golden["detections"].array().map { entry in
            ScoredBox(
                image: try entry["image"].integer(), classIndex: try entry["category"].integer(), box: try box(entry),
                score: try entry["score"].number())
        }
        let (voc2007, voc2010) = (try golden["voc2007"].array(), try golden["voc2010"].array())
        let lastImage = (groundTruth.map(\.image) + detections.map(\.image)).max() ?? 0
        let report = averagePrecision(
            groundTruth: groundTruth, detections: detections, classCount: voc2007.count, imageCount: lastImage + 1)
        for (name, value) in report.cocoNumbers {
            #expect(try abs(value - golden["coco"][name].number()) < 1e-9, "\(name)")
        }
        for (result, expected) in [(report.voc2007, voc2007), (report.voc2010, voc2010)] {
            for (value, wanted) in zip(result.perClass, expected) {
                // A class without objects has no value there.
                guard let wanted = try? wanted.number(), wanted >= 0 else { continue }
                #expect(abs(value - wanted) < 1e-9)
            }
        }
    }

    private func box(_ entry: JSONValue) throws -> Box<ImagePixels> {
        let edges = try entry["box"].numbers()
        return Box(xMin: edges[0], yMin: edges[1], xMax: edges[2], yMax: edges[3])
    }
}
