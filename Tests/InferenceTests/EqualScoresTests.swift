import Boxes
import Datasets
import Evaluation
import Foundation
import Inference
import Testing

/// Detections of several images with the same score: COCO's tools order them by sorted image ids.
@Suite struct EqualScoresTests {
    /// Two images with one object each; the detection in the second one of the list is correct, in the first one wrong.
    private func averagePrecision(_ identities: [ImageIdentity]) -> Double {
        let box = Box<ImagePixels>(xMin: 10, yMin: 10, xMax: 50, yMax: 50)
        let samples = identities.map { identity in
            Sample(
                id: "\(identity)", imageURL: URL(fileURLWithPath: "/a.png"),
                objects: [AnnotatedObject(classIndex: 0, className: "cat", box: box)], width: 100, height: 100,
                identity: identity)
        }
        let dataset = DetectionDataset(classNames: ["cat"], samples: samples, split: "all")
        let miss = Box<ImagePixels>(xMin: 60, yMin: 60, xMax: 90, yMax: 90)
        return dataset.report(on: [
            ScoredBox(image: 0, classIndex: 0, box: miss, score: 0.5),
            ScoredBox(image: 1, classIndex: 0, box: box, score: 0.5),
        ]).AP
    }

    @Test(arguments: [
        ([ImageIdentity.number(9), .number(10)], true), ([.number(10), .number(9)], false),
        ([.number(1 << 62), .number(-1)], false), ([.text("10"), .text("9")], true),
        ([.text("b"), .text("a")], false), ([.text("Z"), .text("a")], true), ([.text("a"), .number(5)], false),
    ])
    func imagesComeInTheOrderOfTheirIdentities(_ identities: [ImageIdentity], missIsFirst: Bool) {
        // Half of the objects are found: by the first or by the second detection. COCO uses 101 recalls.
        let expected = (missIsFirst ? 0.5 : 1) * 51 / 101
        #expect(abs(averagePrecision(identities) - expected) < 1e-12)
    }
}
