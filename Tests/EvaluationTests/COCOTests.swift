import Boxes
import Evaluation
import Tensors
import Testing

@Suite struct COCOTests {
    @Test(arguments: 0..<60 as Range<UInt64>)
    func agreesWithThePlainModel(seed: UInt64) {
        // Every other scene has more than 100 detections of a class in an image, the maximum that counts.
        let scene =
            seed % 2 == 0
            ? RandomScene(seed: seed) : RandomScene(seed: seed, classCount: 1, perImage: 40, detectionsPerImage: 250)
        let plain = PlainCOCO(
            scene.groundTruths, scene.detections, classCount: scene.classCount, imageCount: scene.imageCount)
        for ((name, value), wanted) in zip(scene.report().cocoNumbers, plain.numbers) {
            #expect(abs(value - wanted) < 1e-12, "\(name)")
        }
    }

    @Test func perfectDetectionsReachOne() {
        let groundTruths = RandomScene(seed: 4, imageCount: 9, crowds: false).groundTruths
        let distinct = Array(
            Set(groundTruths.map { [Double($0.image), Double($0.classIndex), $0.box.xMin, $0.box.yMin] })
        )
        .compactMap { key in
            groundTruths.first { [Double($0.image), Double($0.classIndex), $0.box.xMin, $0.box.yMin] == key }
        }
        let report = averagePrecision(
            groundTruth: distinct,
            detections: distinct.map {
                ScoredBox(image: $0.image, classIndex: $0.classIndex, box: $0.box, score: 0.5)
            }, classCount: 3, imageCount: 9)
        #expect(report.AP > 0.999_999 && report.AP50 > 0.999_999 && report.AR100 == 1)
        #expect(report.voc2007.mAP == 1 && report.voc2010.mAP == 1)
        #expect(report.AR1 < 1)
    }

    @Test func anOverlapEqualToTheThresholdCounts() {
        // Two of three equal parts shared: IoU 0.5 exactly.
        let groundTruth = GroundTruthBox(image: 0, classIndex: 0, box: Box(xMin: 0, yMin: 0, xMax: 30, yMax: 10))
        let half = ScoredBox(
            image: 0, classIndex: 0, box: Box(xMin: 0, yMin: 0, xMax: 15, yMax: 10), score: 1)
        let report = averagePrecision(groundTruth: [groundTruth], detections: [half], classCount: 1, imageCount: 1)
        #expect(abs(report.AP50 - 1) < 1e-12 && report.AR100 == 0.1)
        // VOC requires more than half.
        #expect(report.voc2010.mAP == 0)
    }

    @Test func whatIsUndefinedIsMinusOne() {
        let nothing = averagePrecision(groundTruth: [], detections: [], classCount: 2, imageCount: 3)
        #expect(nothing.cocoNumbers.allSatisfy { $0.value == -1 })
        #expect(nothing.voc2007.mAP == -1 && nothing.voc2010.perClass == [-1, -1] && nothing.perClassAP == [-1, -1])
        #expect(nothing.imageCount == 3 && nothing.objectCount == 0)

        let box = Box<ImagePixels>(xMin: 0, yMin: 0, xMax: 50, yMax: 50)
        let missed = averagePrecision(
            groundTruth: [GroundTruthBox(image: 0, classIndex: 1, box: box)],
            detections: [ScoredBox(image: 2, classIndex: 0, box: box, score: 1)], classCount: 2, imageCount: 3)
        // The class without objects is left out of all means, whatever its detections.
        #expect(missed.AP == 0 && missed.perClassAP == [-1, 0] && missed.voc2007.perClass == [-1, 0])
        #expect(missed.APsmall == -1 && missed.APmedium == 0 && missed.APlarge == -1 && missed.ARlarge == -1)
        let none = averagePrecision(groundTruth: [], detections: [], classCount: 0, imageCount: 0)
        #expect(none.AP == -1 && none.perClassAP.isEmpty)
    }

    @Test func onlyTheOrderOfScoresMatters() {
        var scene = RandomScene(seed: 21, scores: 1_000_000)
        let before = scene.report()
        for i in scene.detections.indices { scene.detections[i].score = scene.detections[i].score * 1e-3 - 7 }
        #expect(scene.report().cocoNumbers.map(\.value) == before.cocoNumbers.map(\.value))
        var random = SeededGenerator(1)
        scene.detections.shuffle(using: &random)
        #expect(scene.report().cocoNumbers.map(\.value) == before.cocoNumbers.map(\.value))
    }

    @Test func whatIsNotFiniteIsLeftOut() {
        var scene = RandomScene(seed: 9)
        let before = scene.report()
        let box = Box<ImagePixels>(xMin: 0, yMin: 0, xMax: 50, yMax: 50)
        let (broken, endless) = (
            Box<ImagePixels>(xMin: .nan, yMin: 0, xMax: 5, yMax: 5),
            Box<ImagePixels>(xMin: 0, yMin: 0, xMax: .infinity, yMax: 5)
        )
        scene.groundTruths.append(GroundTruthBox(image: 0, classIndex: 0, box: broken))
        scene.detections.append(ScoredBox(image: 0, classIndex: 0, box: broken, score: 1))
        scene.detections.append(ScoredBox(image: 0, classIndex: 0, box: endless, score: 1))
        scene.detections.append(ScoredBox(image: 0, classIndex: 0, box: box, score: .nan))
        #expect(scene.report() == before)
    }
}
