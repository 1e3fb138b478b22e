import Boxes
import Evaluation
import Testing

@Suite struct VOCTests {
    private func place(_ index: Int) -> Box<ImagePixels> {
        Box(xMin: Double(index) * 100, yMin: 0, xMax: Double(index) * 100 + 50, yMax: 50)
    }

    private func groundTruth(_ index: Int, difficult: Bool = false) -> GroundTruthBox {
        GroundTruthBox(image: 0, classIndex: 0, box: place(index), difficult: difficult)
    }

    private func found(_ index: Int, _ score: Double) -> ScoredBox {
        ScoredBox(image: 0, classIndex: 0, box: place(index), score: score)
    }

    private func report(_ groundTruths: [GroundTruthBox], _ detections: [ScoredBox]) -> AveragePrecisionReport {
        averagePrecision(groundTruth: groundTruths, detections: detections, classCount: 1, imageCount: 1)
    }

    @Test func aCurveByHand() {
        // Correct, wrong, correct, correct, and one of four objects is never found: recall 1/4, 1/4, 2/4 and then 3/4; precision 1, 1/2,
        // 2/3, 3/4; monotonic: 1, 3/4, 3/4, 3/4.
        let result = report(
            (0..<4).map { groundTruth($0) }, [found(0, 0.9), found(7, 0.8), found(1, 0.7), found(2, 0.6)])
        let curve = result.precisionRecall[0]
        #expect(curve.recall == [0.25, 0.25, 0.5, 0.75])
        #expect(curve.precision == [1, 0.5, 2.0 / 3, 0.75])
        #expect(curve.score == [0.9, 0.8, 0.7, 0.6])
        // Precision is 1 at recall 0, 0.1, 0.2; 3/4 at 0.3 to 0.7; 0 above.
        #expect(abs(result.voc2007.mAP - (3 * 1 + 5 * 0.75) / 11) < 1e-12)
        #expect(abs(result.voc2010.mAP - (0.25 * 1 + 0.5 * 0.75)) < 1e-12)
        #expect(curve.best?.score == 0.6 && curve.best?.recall == 0.75)
    }

    @Test func difficultObjectsAreNeitherRewardedNorPunished() {
        let base = report([groundTruth(0), groundTruth(1)], [found(0, 0.9), found(5, 0.8), found(1, 0.7)])
        let missed = report(
            [groundTruth(0), groundTruth(1), groundTruth(2, difficult: true)],
            [found(0, 0.9), found(5, 0.8), found(1, 0.7)])
        // The difficult object is found, twice.
        let hit = report(
            [groundTruth(0), groundTruth(1), groundTruth(2, difficult: true)],
            [found(2, 0.95), found(0, 0.9), found(2, 0.85), found(5, 0.8), found(1, 0.7)])
        #expect(missed.voc2007 == base.voc2007 && missed.voc2010 == base.voc2010)
        #expect(hit.voc2007 == base.voc2007 && hit.voc2010 == base.voc2010)
        #expect(hit.precisionRecall == base.precisionRecall)
        // COCO's metrics ignore the flag.
        #expect(missed.AR100 < base.AR100 && hit.AR100 == 1)
        #expect(report([groundTruth(0, difficult: true)], [found(0, 1)]).voc2007.mAP == -1)
    }

    @Test func anObjectIsFoundOnce() {
        let result = report([groundTruth(0), groundTruth(1)], [found(0, 0.9), found(0, 0.8), found(1, 0.7)])
        #expect(result.precisionRecall[0].precision == [1, 0.5, 2.0 / 3])
    }

    @Test func aDetectionTakesItsBestOverlapOnly() {
        // The second detection overlaps the free object by more than half, but the matched one more: it is wrong.
        let near = GroundTruthBox(image: 0, classIndex: 0, box: Box(xMin: 10, yMin: 0, xMax: 60, yMax: 50))
        let result = report(
            [groundTruth(0), near],
            [
                found(0, 0.9),
                ScoredBox(image: 0, classIndex: 0, box: Box(xMin: 2, yMin: 0, xMax: 52, yMax: 50), score: 0.8),
            ])
        #expect(result.precisionRecall[0].precision == [1, 0.5])
    }

    @Test func threeOfFiveIsLessThanSixTenths() {
        // As in every published implementation, 0.6 is 6 * 0.1, slightly above 3 / 5: precision at 0.6 is 0.
        let result = report((0..<5).map { groundTruth($0) }, (0..<3).map { found($0, 0.9) })
        #expect(abs(result.voc2007.mAP - 6.0 / 11) < 1e-12)
        #expect(abs(result.voc2010.mAP - 0.6) < 1e-12)
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func agreesWithThePlainModel(seed: UInt64) {
        let scene = RandomScene(seed: seed, crowds: false)
        let result = scene.report()
        for classIndex in 0..<scene.classCount {
            let wanted = plain(scene, classIndex)
            #expect(abs(result.voc2007.perClass[classIndex] - wanted.eleven) < 1e-12)
            #expect(abs(result.voc2010.perClass[classIndex] - wanted.area) < 1e-12)
        }
        let defined = result.voc2010.perClass.filter { $0 >= 0 }
        #expect(abs(result.voc2010.mAP - defined.reduce(0, +) / Double(defined.count)) < 1e-12)
    }

    /// The development kit's procedure, line by line.
    private func plain(_ scene: RandomScene, _ classIndex: Int) -> (eleven: Double, area: Double) {
        let groundTruths = scene.groundTruths.filter { $0.classIndex == classIndex }
        let count = groundTruths.filter { !$0.difficult }.count
        if count == 0 { return (-1, -1) }
        let ranked = scene.detections.enumerated().filter { $0.element.classIndex == classIndex }.sorted {
            $0.element.score != $1.element.score ? $0.element.score > $1.element.score : $0.offset < $1.offset
        }
        var (taken, tp, fp) = (Set<Int>(), 0.0, 0.0)
        var (recalls, precisions) = ([0.0], [0.0])
        for (_, detection) in ranked {
            var (best, match) = (-Double.infinity, -1)
            for (index, groundTruth) in groundTruths.enumerated() where groundTruth.image == detection.image {
                let overlap = groundTruth.box.intersectionOverUnion(detection.box)
                if overlap > best { (best, match) = (overlap, index) }
            }
            if best > 0.5 {
                if !groundTruths[match].difficult {
                    if taken.insert(match).inserted { tp += 1 } else { fp += 1 }
                }
            } else {
                fp += 1
            }
            recalls.append(tp / Double(count))
            precisions.append(tp / max(tp + fp, .leastNormalMagnitude))
        }
        let points = zip(recalls, precisions).dropFirst()
        var eleven = 0.0
        for i in 0...10 { eleven += (points.filter { $0.0 >= Double(i) * 0.1 }.map(\.1).max() ?? 0) / 11 }
        recalls.append(1)
        precisions.append(0)
        for i in stride(from: precisions.count - 1, to: 0, by: -1) {
            precisions[i - 1] = max(precisions[i - 1], precisions[i])
        }
        var area = 0.0
        for i in 1..<recalls.count { area += (recalls[i] - recalls[i - 1]) * precisions[i] }
        return (eleven, area)
    }
}
