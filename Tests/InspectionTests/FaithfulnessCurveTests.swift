import Inspection
import Tensors
import Testing

@Suite struct FaithfulnessCurveTests {
    let input = tensor([3, 2, 2], [1, 2, 3, 4, 1, 1, 1, 1, 0, 0, 0, 0])
    let weights = tensor([3, 2, 2], [1, 1, 1, 1, 2, 2, 2, 2, 5, 5, 5, 5])
    /// The pixels contribute 3, 4, 5 and 6 of 18.
    var linear: Score { LinearScorer(weights: weights).score }

    @Test func deletionTakesTheHighestFirst() throws {
        let map = tensor([2, 2], [0.1, 0.9, 0.2, 0.5])
        let curve = try deletionCurve(map: map, input: input, steps: 4, score: linear)
        #expect(curve.shares == [0, 0.25, 0.5, 0.75, 1])
        #expect(near(curve.scores, [18, 14, 8, 3, 0].map { $0 / 18 }))
        #expect(abs(curve.area - (9 + 14 + 8 + 3) / 18 / 4) < 1e-6)
    }

    @Test func insertionBringsTheHighestFirst() throws {
        let baseline = tensor([3, 2, 2], [Float](repeating: 0.5, count: 12))
        let map = tensor([2, 2], [0.1, 0.9, 0.2, 0.5])
        let curve = try insertionCurve(
            map: map, input: input, baseline: baseline, steps: 2, score: linear, batchSize: 1)
        // A pixel of the baseline contributes 4; the second and the fourth come first.
        #expect(near(curve.scores, [16, 18, 18].map { $0 / 18 }))
        let all = try insertionCurve(map: map, input: input, baseline: input, steps: 3, score: linear)
        #expect(near(all.scores, [1, 1, 1, 1]) && abs(all.area - 1) < 1e-6)
    }

    /// Every order of four pixels, compared with images replaced directly.
    @Test func everyOrderIsFollowed() throws {
        let baseline = noise([3, 2, 2])
        for code in 0..<256 {
            let heights = (0..<4).map { Float(code >> (2 * $0) & 3) }
            let order = (0..<4).sorted { (-heights[$0], $0) < (-heights[$1], $1) }
            var image = input.elements
            var expected = [Double(try score(image))]
            for pixel in order {
                for channel in 0..<3 { image[channel * 4 + pixel] = baseline.elements[channel * 4 + pixel] }
                expected.append(Double(try score(image)))
            }
            let curve = try deletionCurve(
                map: tensor([2, 2], heights), input: input, baseline: baseline, steps: 4, score: linear, batchSize: 3)
            #expect(near(curve.scores, expected.map { $0 / 18 }))
            // Inserted instead of deleted: the same order, from the other end.
            let back = try insertionCurve(
                map: tensor([2, 2], heights), input: baseline, baseline: input, steps: 4,
                score: scorer { 100 + dot($0, weights) })
            let last = 100 + expected[4]
            #expect(near(back.scores, expected.map { (100 + $0) / last }))
        }
    }

    @Test func tiesAndOddNumbersHaveAnOrder() {
        let map = tensor([2, 4], [0, .nan, 1, -0.0, -.infinity, .infinity, 1, -2])
        #expect(pixelsByImportance(map) == [5, 2, 6, 0, 3, 7, 4, 1])
        #expect(pixelsByImportance(Tensor([0, 3])) == [])
    }

    @Test func stepsNeedNotDivideThePixels() throws {
        var changed: [Int] = []
        _ = try deletionCurve(
            map: randomMap(rows: 5, columns: 7, seed: 1), input: Tensor([3, 5, 7], repeating: 1), steps: 4,
            score: scorer { image in
                changed.append(image.elements.count { $0 == 0 } / 3)
                return 1
            })
        #expect(changed == [0, 8, 17, 26, 35])
    }

    @Test func nothingIsAShareOfNoScore() {
        let map = Tensor([2, 2], repeating: 1)
        for score: Float in [0, -1, .nan] {
            #expect(throws: FaithfulnessError.self) {
                try deletionCurve(map: map, input: input, score: scorer { _ in score })
            }
            #expect(throws: FaithfulnessError.self) {
                try confidenceChange(map: map, input: input, score: scorer { _ in score })
            }
        }
        #expect(FaithfulnessError.noScore(-1).description.contains("score is -1.0"))
    }

    private func score(_ image: [Float]) throws -> Float { try linear(tensor([1, 3, 2, 2], image))[0] }
}

func near(_ a: [Double], _ b: [Double]) -> Bool { a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-5 } }
