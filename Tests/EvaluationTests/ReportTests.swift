import Boxes
import Evaluation
import JSON
import Testing

@Suite struct ReportTests {
    private let box = Box<ImagePixels>(xMin: 0, yMin: 0, xMax: 50, yMax: 50)

    private func report() -> AveragePrecisionReport {
        averagePrecision(
            groundTruth: [
                GroundTruthBox(image: 0, classIndex: 0, box: box),
                GroundTruthBox(image: 1, classIndex: 2, box: box),
            ],
            detections: [ScoredBox(image: 0, classIndex: 0, box: box, score: 0.9)], classCount: 3, imageCount: 2)
    }

    @Test func jsonHoldsEveryNumberByName() throws {
        let json = report().json(classNames: ["disc", "star", "ring"])
        #expect(try abs(json["AP"].number() - 0.5) < 1e-12)
        #expect(try json["APsmall"].number() == -1)
        #expect(try abs(json["perClass"]["disc"]["AP50"].number() - 1) < 1e-12)
        #expect(try json["perClass"]["star"]["AP"].number() == -1)
        #expect(try json["voc2007"]["mAP"].number() == 0.5)
        #expect(try json["voc2010"]["perClass"]["ring"].number() == 0)
        #expect(try json["images"].integer() == 2)
        #expect(try json["objects"].integer() == 2)
        for name in ["AP50", "AP75", "APmedium", "APlarge", "AR1", "AR10", "AR100", "ARsmall", "ARmedium", "ARlarge"] {
            #expect(throws: Never.self) { try json[name].number() }
        }
    }

    @Test func tableLinesUp() {
        #expect(
            report().table(classNames: ["disc", "star", "ring"]) == """
                class  objects     AP   AP50  VOC 2007  VOC 2010
                disc         1  1.000  1.000     1.000     1.000
                star         0      -      -         -         -
                ring         1  0.000  0.000     0.000     0.000
                all          2  0.500  0.500     0.500     0.500

                      all  small  medium  large
                AP  0.500      -   0.500      -
                AR  0.500      -   0.500      -

                AP75 0.500   AR1 0.500   AR10 0.500   AR100 0.500   (2 images)
                """)
    }

    @Test func confusionCountsEveryObjectAndDetectionOnce() {
        func at(_ x: Double) -> Box<ImagePixels> { Box(xMin: x, yMin: 0, xMax: x + 50, yMax: 50) }
        let matrix = ConfusionMatrix(
            groundTruth: [
                GroundTruthBox(image: 0, classIndex: 0, box: at(0)),
                GroundTruthBox(image: 0, classIndex: 0, box: at(100)),
                GroundTruthBox(image: 0, classIndex: 1, box: at(200)),
                GroundTruthBox(image: 0, classIndex: 1, box: at(300), difficult: true),
                GroundTruthBox(image: 1, classIndex: 1, box: at(0)),
            ],
            detections: [
                ScoredBox(image: 0, classIndex: 0, box: at(2), score: 0.9),  // correct
                ScoredBox(image: 0, classIndex: 1, box: at(1), score: 0.8),  // a duplicate of the same object
                ScoredBox(image: 0, classIndex: 1, box: at(102), score: 0.7),  // the wrong class
                ScoredBox(image: 0, classIndex: 1, box: at(300), score: 0.6),  // difficult: not counted
                ScoredBox(image: 1, classIndex: 0, box: at(500), score: 0.5),  // no object there
                ScoredBox(image: 1, classIndex: 1, box: at(0), score: 0.1),  // below the threshold
            ], classCount: 2, imageCount: 2, scoreThreshold: 0.3)
        #expect(matrix.counts == [[1, 1, 0], [0, 0, 2], [1, 1, 0]])
    }
}
