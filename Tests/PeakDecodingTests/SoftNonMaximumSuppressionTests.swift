import Boxes
import Foundation
import PeakDecoding
import Tensors
import Testing

@Suite struct SoftNonMaximumSuppressionTests {
    private func detection(_ classIndex: Int, _ score: Float, x: Double, side: Double = 10) -> Detection<ImagePixels> {
        Detection(
            classIndex: classIndex, score: score, box: Box(xMin: x, yMin: 0, xMax: x + side, yMax: side), row: 0,
            column: 0)
    }

    @Test func overlapLowersTheScoreOfTheLesserOne() {
        // A shift by a quarter of the side: IoU 7.5 / 12.5 = 0.6, so the factor is exp(-0.36 / 0.5).
        let merged = softNonMaximumSuppression([detection(0, 0.5, x: 2.5), detection(0, 0.9, x: 0)])
        #expect(merged.map(\.box.xMin) == [0, 2.5])
        #expect(merged[0].score == 0.9)
        #expect(abs(merged[1].score - 0.5 * Float(exp(-0.72))) < 1e-6)
    }

    @Test func classesAndDistantBoxesDoNotMeet() {
        let detections = [detection(0, 0.9, x: 0), detection(1, 0.8, x: 0), detection(0, 0.7, x: 10)]
        #expect(softNonMaximumSuppression(detections) == detections)
    }

    @Test func whatFallsBelowTheFloorGoes() {
        // The same box again keeps exp(-2) of its score.
        let detections = [detection(0, 0.9, x: 0), detection(0, 0.007, x: 0), detection(0, 0.008, x: 0)]
        #expect(softNonMaximumSuppression(Array(detections[0...1])).count == 1)
        #expect(softNonMaximumSuppression([detections[0], detections[2]]).count == 2)
        // Low scores without any overlap are kept.
        #expect(softNonMaximumSuppression([detection(0, 0.0001, x: 0)]).count == 1)
    }

    @Test func ordersByScoreThenAsGivenAndCuts() {
        let detections = (0..<20).map { detection($0 % 3, Float($0 % 4) / 4 + 0.1, x: Double($0) * 20) }
        let merged = softNonMaximumSuppression(detections, limit: 7)
        #expect(merged.map(\.score) == [0.85, 0.85, 0.85, 0.85, 0.85, 0.6, 0.6])
        #expect(merged.map(\.box.xMin) == [60, 140, 220, 300, 380, 40, 120])
        #expect(softNonMaximumSuppression(detections, limit: 0).isEmpty)
    }

    @Test func whatIsNotANumberIsLeftOut() {
        let broken = [detection(0, .nan, x: 0), detection(0, 0.5, x: .nan), detection(0, 0.5, x: 0)]
        #expect(softNonMaximumSuppression(broken) == [broken[2]])
        #expect(softNonMaximumSuppression([Detection<ImagePixels>]()).isEmpty)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func agreesWithTheArrayShufflingOriginal(seed: UInt64) {
        var random = SeededGenerator(seed)
        let detections = (0..<25).map { _ in
            Detection<ImagePixels>(
                classIndex: 0, score: Float(random.uniform()),
                box: Box(
                    centerX: random.uniform(0, 30), centerY: random.uniform(0, 30), width: random.uniform(1, 30),
                    height: random.uniform(1, 30)), row: 0, column: 0)
        }
        let merged = softNonMaximumSuppression(detections)
        let expected = original(detections)
        #expect(merged.map(\.box) == expected.map(\.box))
        for (one, other) in zip(merged, expected) { #expect(abs(one.score - other.score) < 1e-6) }
    }

    /// The published algorithm: swap the best to the front, lower the rest, swap those below the floor to the end.
    private func original(_ detections: [Detection<ImagePixels>]) -> [Detection<ImagePixels>] {
        var boxes = detections
        var (i, count) = (0, detections.count)
        while i < count {
            let best = (i..<count).max { boxes[$0].score < boxes[$1].score } ?? i
            boxes.swapAt(i, best)
            var position = i + 1
            while position < count {
                let overlap = boxes[i].box.intersectionOverUnion(boxes[position].box)
                if overlap > 0 {
                    boxes[position].score *= Float(exp(-(overlap * overlap) / 0.5))
                    if boxes[position].score < 0.001 {
                        boxes.swapAt(position, count - 1)
                        count -= 1
                        position -= 1
                    }
                }
                position += 1
            }
            i += 1
        }
        return Array(boxes[..<count])
    }
}
