import Boxes
import Evaluation
import Foundation
import JSON
import Tensors
import Testing

@Suite struct PointReportTests {
    private func object(
        _ x: Double, _ y: Double = 0, image: Int = 0, _ classIndex: Int = 0, difficult: Bool = false
    ) -> GroundTruthBox {
        GroundTruthBox(image: image, classIndex: classIndex, box: Box(pointX: x, y: y), difficult: difficult)
    }

    private func found(_ x: Double, _ score: Double) -> ScoredBox { seen(x, 0, score) }

    private func seen(
        _ x: Double, _ y: Double, _ score: Double, image: Int = 0, _ classIndex: Int = 0
    ) -> ScoredBox {
        ScoredBox(image: image, classIndex: classIndex, box: Box(pointX: x, y: y), kind: .points, score: score)
    }

    private func report(
        _ objects: [GroundTruthBox], _ detections: [ScoredBox], images: Int = 1, classes: Int = 1,
        _ options: PointOptions = PointOptions()
    ) -> PointReport {
        pointReport(
            groundTruth: objects, detections: detections, classCount: classes,
            imageSizes: Dictionary(uniqueKeysWithValues: (0..<images).map { ($0, (width: 80, height: 80)) }),
            options: options)
    }

    @Test func byHand() throws {
        // Three objects; by score: right, wrong (its object is found), right, and below the minimum score right.
        let result = report(
            [object(10), object(30), object(60)],
            [found(12, 0.9), found(8, 0.8), seen(30, 10, 0.5), found(60, 0.2)])
        #expect((result.all.found, result.all.wrong, result.all.missed) == (2, 1, 1))
        let twoThirds: Double = 2.0 / 3
        #expect(result.all.precision == twoThirds)
        #expect(result.all.recall == twoThirds)
        #expect(result.all.F1 == twoThirds)
        #expect(result.curves[0].precision == [1, 0.5, twoThirds, 0.75])
        // Precision made monotonic: 1, 3/4, 3/4, 3/4.
        let area: Double = 1.0 / 3 + 2.0 / 3 * 0.75
        #expect(abs(result.all.AP - area) < 1e-12)
        #expect(result.curves[0].best?.score == 0.2)
        // Three detections of three objects: the numbers agree.
        #expect(result.all.counts.meanAbsolute == 0 && result.all.counts.rootMeanSquare == 0)
    }

    @Test("A detection takes the nearest object that is free, and may be as far away as the distance")
    func nearestFree() {
        let objects = [object(10), object(14)]
        #expect(report(objects, [found(11, 0.9), found(9, 0.8)]).all.found == 2)
        #expect(report([object(10)], [found(20, 0.9)]).all.found == 1)
        #expect(report([object(10)], [found(20.001, 0.9)]).all.found == 0)
        #expect(report([object(10)], [found(20.001, 0.9)], PointOptions(distance: 11)).all.found == 1)
    }

    @Test("In a crowd, the distance is a share of that to the nearest neighbour")
    func spacing() {
        let objects = [object(10), object(14), object(50)]
        let options = PointOptions(distance: 10, neighbourShare: 0.5)
        // Two pixels are half of the distance of the first two objects; the third may be missed by ten.
        let near = report(objects, [found(8, 0.9), found(16, 0.8), found(60, 0.7)], options)
        #expect(near.all.found == 3)
        let far = report(objects, [found(7.9, 0.9), found(16.1, 0.8), found(60.1, 0.7)], options)
        #expect(far.all.found == 0)
    }

    @Test("Difficult objects and crowds count neither when found nor when missed")
    func ignored() {
        let crowd = GroundTruthBox(
            image: 0, classIndex: 0, box: Box(xMin: 40, yMin: 0, xMax: 60, yMax: 20), crowd: true)
        let objects = [object(10), object(30, difficult: true), crowd]
        let plain = report([object(10)], [found(10, 0.9)])
        let others: [[ScoredBox]] = [[], [found(30, 0.8)], [seen(45, 5, 0.8), seen(60, 20, 0.7)]]
        for detections in others {
            let result = report(objects, [found(10, 0.9)] + detections)
            #expect(result.all == plain.all)
        }
        // Beside the crowd is wrong.
        #expect(report(objects, [found(10, 0.9), seen(75, 5, 0.8)]).all.wrong == 1)
    }

    @Test("Errors of counts, worked by hand")
    func counts() {
        // Image 0: two objects in the upper left quarter, one detection there and two in the lower right one. Image 1: one object missed.
        // Image 2: empty.
        let result = report(
            [object(5, 5), object(15, 15), object(70, 10, image: 1)],
            [seen(5, 5, 0.9), seen(70, 70, 0.8), seen(75, 75, 0.7), seen(1, 1, 0.1)], images: 3)
        let counts = result.all.counts
        // Differences of -1, 1 and 0.
        let (twoThirds, fourThirds): (Double, Double) = (2.0 / 3, 4.0 / 3)
        #expect(abs(counts.meanAbsolute - twoThirds) < 1e-12)
        #expect(abs(counts.rootMeanSquare - twoThirds.squareRoot()) < 1e-12)
        // In quarters: 1 + 2 in image 0, 1 in image 1. In sixteenths, of 20 pixels: the same. In sixty-fourths, of 10 pixels: 5,5 agrees,
        // 15,15 is missed; 70,70 and 75,75 share a part.
        #expect(counts.grid == [twoThirds, fourThirds, fourThirds, fourThirds])
        let apart = report([object(5, 5)], [seen(15, 5, 0.9)])
        #expect(apart.all.counts.grid == [0, 0, 0, 2])
        #expect(report([object(39.9, 5)], [seen(40, 5, 0.9)]).all.counts.grid == [0, 2, 2, 2])
        // Places at and beyond the border belong to the outermost parts.
        #expect(report([object(80, 80)], [seen(81, 79, 0.9)]).all.counts.grid == [0, 0, 0, 0])
    }

    @Test func whatIsUndefinedIsMinusOne() {
        let empty = report([], [])
        let undefined: [Double] = [empty.all.AP, empty.all.precision, empty.all.recall, empty.all.F1]
        #expect(undefined == [-1, -1, -1, -1])
        #expect(empty.all.counts.meanAbsolute == 0)
        let none = pointReport(groundTruth: [], detections: [], classCount: 1, imageSizes: [:])
        #expect(none.all.counts.meanAbsolute == -1 && none.all.counts.grid == [-1, -1, -1, -1])
        #expect(AveragePrecisionReport(none).table(classNames: ["a"]).contains("-"))
        let wrong = report([], [found(1, 0.9), found(.nan, 0.8)])
        #expect(wrong.all.precision == 0 && wrong.all.F1 == 0 && wrong.all.wrong == 1)
    }

    @Test("All classes together are the sum, and the mean AP", arguments: 0..<10 as Range<UInt64>)
    func classes(seed: UInt64) {
        let (objects, detections) = scene(seed, classes: 2)
        let result = report(objects, detections, images: 3, classes: 2)
        #expect(result.all.found == result.classes.reduce(0) { $0 + $1.found })
        let areas: [Double] = result.classes.map(\.AP).filter { $0 >= 0 }
        let mean: Double = areas.isEmpty ? -1 : areas.reduce(0, +) / Double(areas.count)
        #expect(abs(result.all.AP - mean) < 1e-12)
        for classIndex in 0..<2 {
            let own = report(
                objects.filter { $0.classIndex == classIndex }, detections.filter { $0.classIndex == classIndex },
                images: 3, classes: 2)
            #expect(own.classes[classIndex] == result.classes[classIndex])
        }
    }

    private func scene(_ seed: UInt64, classes: Int) -> ([GroundTruthBox], [ScoredBox]) {
        var random = SeededGenerator(seed)
        let objects = (0..<random.integer(in: 0...40)).map { _ in
            object(
                random.uniform(0, 80), random.uniform(0, 80), image: random.integer(in: 0...2),
                random.integer(in: 0...classes - 1), difficult: random.chance(0.1))
        }
        let detections = (0..<random.integer(in: 0...60)).map { _ in
            // Equal scores are common.
            seen(
                random.uniform(0, 80), random.uniform(0, 80), Double(random.integer(in: 1...9)) / 10,
                image: random.integer(in: 0...2), random.integer(in: 0...classes - 1))
        }
        return (objects, detections)
    }

    /// The definition, one detection at a time over everything.
    private func plain(
        _ objects: [GroundTruthBox], _ detections: [ScoredBox], _ options: PointOptions
    ) -> (found: Int, wrong: Int, verdicts: [Int: Bool]) {
        func limit(_ index: Int) -> Double {
            let object = objects[index]
            let others = objects.indices.filter {
                $0 != index && objects[$0].image == object.image && objects[$0].classIndex == object.classIndex
            }
            let nearest = others.map { objects[$0].box.centerDistance(to: object.box) }.min() ?? .infinity
            return options.neighbourShare == 0
                ? options.distance : min(options.distance, options.neighbourShare * nearest)
        }
        var taken: Set<Int> = []
        var (found, wrong, verdicts) = (0, 0, [Int: Bool]())
        let order = detections.indices.sorted { one, other in
            let (a, b): (Double, Double) = (detections[one].score, detections[other].score)
            return a != b ? a > b : one < other
        }
        for index in order {
            let detection = detections[index]
            let near = objects.indices.filter {
                objects[$0].image == detection.image && objects[$0].classIndex == detection.classIndex
                    && objects[$0].box.centerDistance(to: detection.box) <= limit($0)
            }
            let free = near.filter { !objects[$0].difficult && !taken.contains($0) }
            let best = free.min {
                objects[$0].box.centerDistance(to: detection.box) < objects[$1].box.centerDistance(to: detection.box)
            }
            if let best { taken.insert(best) } else if near.contains(where: { objects[$0].difficult }) { continue }
            verdicts[index] = best != nil
            guard detection.score >= options.minimumScore else { continue }
            if best == nil { wrong += 1 } else { found += 1 }
        }
        return (found, wrong, verdicts)
    }

    @Test(
        "Matching against the definition", arguments: 0..<60 as Range<UInt64>,
        [PointOptions(), PointOptions(distance: 20, neighbourShare: 0.7, minimumScore: 0.5)])
    func bruteForce(seed: UInt64, options: PointOptions) {
        let (objects, detections) = scene(seed, classes: 1)
        let result = report(objects, detections, images: 3, options)
        let wanted = plain(objects, detections, options)
        #expect((result.all.found, result.all.wrong) == (wanted.found, wanted.wrong))
        #expect(result.all.missed == objects.count { !$0.difficult } - wanted.found)
        #expect(result.curves[0].score.count == wanted.verdicts.count)
        let right = wanted.verdicts.values.count { $0 }
        let share: Double = wanted.verdicts.isEmpty ? 0 : Double(right) / Double(wanted.verdicts.count)
        let last: Double = result.curves[0].precision.last ?? 0
        #expect(last == share)
    }

    @Test func theReportNamesItsNumbers() throws {
        let result = AveragePrecisionReport(
            report([object(10), object(30, 0, 1)], [found(12, 0.9)], classes: 2))
        #expect(result.deciding.measure == AveragePrecisionReport.pointMeasure)
        #expect(result.deciding.value == 0.5)
        let json = result.json(classNames: ["cell", "dot"])
        let twoThirds: Double = 2.0 / 3
        #expect(try json["F1"].number() == twoThirds)
        #expect(try json["MAE"].number() == 1)
        #expect(try json["GAME"].numbers() == [1, 1, 1, 1])
        #expect(try json["perClass"]["dot"]["missed"].integer() == 1)
        #expect(json.optional("AP50") == nil)
        let table = result.table(classNames: ["cell", "dot"])
        for part in ["cell", "GAME 3", "within 10 pixels", "score of 0.3"] { #expect(table.contains(part), "\(part)") }
    }

    @Test("A review judges points by their distance")
    func review() {
        let objects = [object(10), object(14), object(40, 0, 1), object(70)]
        let detections = [
            found(11, 0.9), found(12, 0.8), found(10, 0.7), found(41, 0.6), found(55, 0.5), seen(70, 60, 0.4),
        ]
        let options = PointOptions(distance: 5)
        let review = SplitReview(
            groundTruth: objects, detections: detections, classCount: 2, imageCount: 1, scoreThreshold: 0.3,
            similarity: options.similarity(in: objects)
        ).images[0]
        #expect(
            review.findings.map(\.verdict) == [
                .matched, .matched, .duplicate, .wrongClass, .falsePositive, .falsePositive,
            ])
        #expect(review.missed == [objects[2], objects[3]])
    }
}
