import Boxes
import Evaluation
import Testing

@Suite struct ImageReviewTests {
    private func at(_ x: Double) -> Box<ImagePixels> { Box(xMin: x, yMin: 0, xMax: x + 50, yMax: 50) }
    private func object(_ classIndex: Int, _ x: Double, difficult: Bool = false, image: Int = 0) -> GroundTruthBox {
        GroundTruthBox(image: image, classIndex: classIndex, box: at(x), difficult: difficult)
    }
    private func found(_ classIndex: Int, _ x: Double, _ score: Double, image: Int = 0) -> ScoredBox {
        ScoredBox(image: image, classIndex: classIndex, box: at(x), score: score)
    }
    private func review(
        _ groundTruths: [GroundTruthBox], _ detections: [ScoredBox], images: Int = 1, threshold: Double = 0.3
    ) -> SplitReview {
        SplitReview(
            groundTruth: groundTruths, detections: detections, classCount: 3, imageCount: images,
            scoreThreshold: threshold)
    }

    @Test func everyKindHasItsName() {
        let result = review(
            [object(0, 0), object(0, 100), object(0, 200), object(0, 300, difficult: true), object(1, 400)],
            [
                found(0, 2, 0.95), found(0, 1, 0.9), found(0, 130, 0.85), found(1, 201, 0.8), found(0, 301, 0.75),
                found(2, 600, 0.7), found(1, 440, 0.65), found(1, 448, 0.6), found(0, 100, 0.1),
            ])
        let image = result.images[0]
        // A shift by 30 of 50 pixels gives an overlap of 1/4; by 40, 1/9; by 48, 1/49.
        #expect(
            image.findings.map(\.verdict) == [
                .matched, .duplicate, .poorlyLocalized, .wrongClass, .ignored, .falsePositive, .poorlyLocalized,
                .falsePositive,
            ])
        #expect(image.findings.map { $0.object?.box.xMin } == [0, 0, 100, 200, 300, nil, 400, nil])
        #expect(abs(image.findings[2].overlap - 0.25) < 1e-12)
        #expect(image.missed.map(\.box.xMin) == [100, 200, 400])
        #expect(image.matchedCount == 1)
        #expect(image.badness == 3 + 6)
        #expect(result.count(.poorlyLocalized) == 2)
        #expect(result.count(.poorlyLocalized, classIndex: 1) == 1)
        #expect(result.missedCount() == 3)
        #expect(result.missedCount(classIndex: 0) == 2)
    }

    @Test func theGreaterOverlapDecidesBetweenOwnAndOtherClass() {
        // It overlaps an object of its own class by less than half, but matches one of another class.
        let confused = review([object(0, 30), object(1, 2)], [found(0, 0, 0.9)])
        #expect(confused.images[0].findings.map(\.verdict) == [.wrongClass])
        // It overlaps both by more than half: its own class wins, whatever the other's overlap.
        let matched = review([object(0, 10), object(1, 0)], [found(0, 0, 0.9)])
        #expect(matched.images[0].findings.map(\.verdict) == [.matched])
        // It matches a difficult object of another class, so it is ignored.
        let ignored = review([object(1, 2, difficult: true)], [found(0, 0, 0.9)])
        #expect(ignored.images[0].findings.map(\.verdict) == [.ignored])
        #expect(ignored.images[0].badness == 0)
    }

    @Test func imagesAreRankedByTheirErrors() {
        let result = review(
            [
                object(0, 0, image: 0), object(0, 0, image: 1), object(0, 100, image: 1), object(0, 0, image: 2),
                object(0, 0, image: 4), object(0, 100, image: 4),
            ],
            [found(0, 0, 0.9, image: 0), found(0, 0, 0.9, image: 1), found(0, 0, 0.9, image: 4)], images: 5)
        // Images 1 and 4 miss one of two objects, 2 misses its only one; 3 is empty.
        #expect(result.worst(10).map(\.image) == [2, 1, 4])
        #expect(result.worst(1).map(\.image) == [2])
        #expect(result.best(10).map(\.image) == [0, 1, 4])
        #expect(result.best(0).isEmpty)
    }

    @Test func whatIsNotFiniteIsLeftOut() {
        let nowhere = Box<ImagePixels>(xMin: .nan, yMin: 0, xMax: 1, yMax: 1)
        let result = review(
            [GroundTruthBox(image: 0, classIndex: 0, box: nowhere), object(0, 0)],
            [
                ScoredBox(image: 0, classIndex: 0, box: nowhere, score: 1), found(0, 0, .nan), found(0, 0, .infinity),
                found(0, 0, 0.5),
            ])
        #expect(result.images[0].findings.map(\.verdict) == [.matched])
        #expect(result.images[0].missed.isEmpty)
    }

    @Test(arguments: 0..<60 as Range<UInt64>, [0.0, 0.4])
    func agreesWithThePlainDefinition(seed: UInt64, threshold: Double) {
        let scene = RandomScene(seed: seed)
        let result = SplitReview(
            groundTruth: scene.groundTruths, detections: scene.detections, classCount: scene.classCount,
            imageCount: scene.imageCount, scoreThreshold: threshold)
        for image in 0..<scene.imageCount {
            let wanted = plain(scene, image, threshold)
            #expect(result.images[image].image == image)
            #expect(result.images[image].findings.map(\.verdict) == wanted.verdicts)
            #expect(result.images[image].missed == wanted.missed)
        }
    }

    /// Matched detections are those that VOC's curve counts as correct and, without difficult objects, errors are those that it counts as
    /// wrong.
    @Test(arguments: 0..<40 as Range<UInt64>, [false, true])
    func agreesWithTheCurve(seed: UInt64, crowds: Bool) {
        var scene = RandomScene(seed: seed, crowds: crowds)
        if !crowds { for index in scene.groundTruths.indices { scene.groundTruths[index].difficult = false } }
        let curves = scene.report().precisionRecall
        for threshold in [0, 0.25, 0.5, 0.875] {
            let result = SplitReview(
                groundTruth: scene.groundTruths, detections: scene.detections, classCount: scene.classCount,
                imageCount: scene.imageCount, scoreThreshold: threshold)
            for (classIndex, curve) in curves.enumerated() {
                let last = curve.score.lastIndex { $0 >= threshold }
                let right = last.map { (curve.recall[$0] * Double(curve.objectCount)).rounded() } ?? 0
                #expect(result.count(.matched, classIndex: classIndex) == Int(right))
                #expect(result.missedCount(classIndex: classIndex) == curve.objectCount - Int(right))
                guard !crowds else { continue }
                let wrong = ImageReview.Verdict.allCases.filter(\.isError)
                    .reduce(0) { $0 + result.count($1, classIndex: classIndex) }
                #expect(wrong == (last ?? -1) + 1 - Int(right))
            }
        }
    }

    private func plain(
        _ scene: RandomScene, _ image: Int, _ threshold: Double
    ) -> (verdicts: [ImageReview.Verdict], missed: [GroundTruthBox]) {
        let groundTruths = scene.groundTruths.filter { $0.image == image }
        let detections = scene.detections.enumerated().filter {
            $0.element.image == image && $0.element.score >= threshold
        }.sorted {
            $0.element.score != $1.element.score ? $0.element.score > $1.element.score : $0.offset < $1.offset
        }.map(\.element)
        func overlap(_ detection: ScoredBox, _ groundTruth: GroundTruthBox) -> Double {
            let shared = detection.box.intersection(groundTruth.box).area
            return shared
                / (groundTruth.crowd ? detection.box.area : detection.box.area + groundTruth.box.area - shared)
        }
        var taken: Set<Int> = []
        let verdicts = detections.map { detection -> ImageReview.Verdict in
            let near = groundTruths.enumerated().map { (index: $0, groundTruth: $1, overlap: overlap(detection, $1)) }
                .sorted { $0.overlap != $1.overlap ? $0.overlap > $1.overlap : $0.index < $1.index }
            let own = near.first { $0.groundTruth.classIndex == detection.classIndex }
            let other = near.first { $0.groundTruth.classIndex != detection.classIndex }
            if let own, own.overlap > 0.5 {
                if own.groundTruth.difficult || own.groundTruth.crowd { return .ignored }
                return taken.insert(own.index).inserted ? .matched : .duplicate
            }
            if let other, other.overlap > 0.5 {
                return other.groundTruth.difficult || other.groundTruth.crowd ? .ignored : .wrongClass
            }
            if let own, own.overlap >= 0.1 {
                return own.groundTruth.difficult || own.groundTruth.crowd ? .ignored : .poorlyLocalized
            }
            return .falsePositive
        }
        let missed = groundTruths.enumerated().filter {
            !$0.element.difficult && !$0.element.crowd && !taken.contains($0.offset)
        }
        return (verdicts, missed.map(\.element))
    }
}
