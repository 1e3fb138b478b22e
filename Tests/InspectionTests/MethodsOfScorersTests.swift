import Foundation
import Inspection
import Tensors
import TestSupport
import Testing

/// Methods that score changed inputs, with scorers whose answers can be worked out.
@Suite struct MethodsOfScorersTests {
    let input = noise([3, 9, 14], seed: 3)

    /// Not linear, and different at every place.
    private var curved: Score {
        let weights = noise([3, 9, 14], seed: 4)
        return scorer { 0.2 * dot($0, weights) + tanh(0.1 * dot($0, $0)) }
    }

    @Test func scoreCAMWeighsChannelsByTheirSoftmaxScores() throws {
        let activation = rectified(noise([7, 3, 4], seed: 6))
        var answers: [Double] = []
        for channel in items(activation) {
            // Outermost centres aligned.
            let mask = map(9, 14) { row, column in
                let (y, x) = (Double(row) * 2 / 8, Double(column) * 3 / 13)
                let (top, left) = (min(Int(y), 1), min(Int(x), 2))
                let (down, right) = (y - Double(top), x - Double(left))
                func at(_ row: Int, _ column: Int) -> Double { Double(channel[row, column]) }
                return at(top, left) * (1 - down) * (1 - right) + at(top, left + 1) * (1 - down) * right
                    + at(top + 1, left) * down * (1 - right) + at(top + 1, left + 1) * down * right
            }.elements
            let (low, high) = (mask.min() ?? 0, mask.max() ?? 0)
            let seen = input.elements.enumerated().map { $1 * (mask[$0 % 126] - low) / (high - low + 1e-8) }
            answers.append(Double(try curved(tensor([1, 3, 9, 14], seen))[0]))
        }
        let sum = answers.reduce(0) { $0 + exp($1) }
        let expected = map(3, 4) { row, column in
            answers.indices.reduce(0) { $0 + exp(answers[$1]) / sum * Double(activation[$1, row, column]) }
        }
        for batchSize in [1, 3, 16] {
            let map = try scoreCAM(activation: activation, input: input, score: curved, batchSize: batchSize)
            #expect(relativeDifference(map, expected) < 1e-5)
        }
    }

    @Test func scoreCAMBearsLargeScores() throws {
        let activation = rectified(noise([3, 3, 4]))
        let map = try scoreCAM(activation: activation, input: input, score: scorer { 1000 + 300 * $0[0, 4, 4] })
        #expect(map.elements.allSatisfy { $0.isFinite })
    }

    @Test func ablationCAMWeighsChannelsByWhatIsLostWithoutThem() throws {
        let activation = rectified(noise([5, 3, 4], seed: 8))
        let weights = noise([5, 3, 4], seed: 9)
        let linear = LinearScorer(weights: weights, bias: 0.5)
        for sign: Float in [1, -1] {
            let scored = LinearScorer(weights: tensor([5, 3, 4], weights.elements.map { sign * $0 }), bias: sign * 0.5)
            let score = try scored.score(activation.reshaped([1, 5, 3, 4]))[0]
            let shares = zip(items(activation), items(scored.weights)).map { Double(dot($0, $1) / abs(score)) }
            let expected = map(3, 4) { row, column in
                shares.indices.reduce(0) { $0 + shares[$1] * Double(activation[$1, row, column]) }
            }
            let found = try ablationCAM(
                activation: activation, score: score, ablatedScores: scored.score, batchSize: 2)
            #expect(relativeDifference(found, expected) < 1e-4)
        }
        // Where there are negative values, a channel is set far below all of them, or to zero if requested.
        let negative = noise([5, 3, 4], seed: 8)
        var seen: [Float] = []
        let spy: Score = { batch in
            seen += [batch[0, 0, 0, 0]]
            return try linear.score(batch)
        }
        _ = try ablationCAM(activation: negative, score: 1, ablatedScores: spy)
        _ = try ablationCAM(activation: negative, score: 1, ablatedScores: spy, ablated: .zero)
        #expect(seen == [(negative.elements.min() ?? 0) - 1e7, 0])
    }

    @Test func groupCAMFollowsItsThreeSteps() throws {
        let (activation, gradient) = activationAndGradient([10, 4, 5], seed: 12)
        let blurred = gaussianBlurred(input, size: 51, sigma: 50)
        let weights = items(gradient).map { $0.elements.reduce(0, +) / 20 }
        var expected = Tensor([9, 14])
        let baseline = try curved(blurred.reshaped([1, 3, 9, 14]))[0]
        // Ten channels in three groups: 0..<3, 3..<6, 6..<10.
        for members in [0..<3, 3..<6, 6..<10] {
            let raw = map(4, 5) { row, column in
                max(0, members.reduce(0) { $0 + Double(weights[$1] * activation[$1, row, column]) })
            }
            // Of 20 numbers the 70th percentile is 0.3 of the way from the 14th to the 15th.
            let sorted = raw.elements.sorted()
            let threshold = sorted[13] + 0.3 * (sorted[14] - sorted[13])
            let clean = tensor([4, 5], raw.elements.map { $0 > threshold ? $0 : 0 })
            let mask = minMaxScaled(resized(clean, rows: 9, columns: 14)).elements
            let mixed = input.elements.enumerated().map {
                mask[$0 % 126] * $1 + (1 - mask[$0 % 126]) * blurred.elements[$0]
            }
            let gain = try curved(tensor([1, 3, 9, 14], mixed))[0] - baseline
            expected = tensor([9, 14], zip(expected.elements, mask).map { $0 + gain * $1 })
        }
        let before = input.elements
        for batchSize in [1, 2, 16] {
            let found = try groupCAM(
                activation: activation, gradient: gradient, input: input, score: curved, groups: 3,
                batchSize: batchSize)
            #expect(relativeDifference(found, expected) < 1e-4)
        }
        #expect(input.elements == before)
    }

    @Test func groupCAMOfNothingIsFlat() throws {
        let flat = try groupCAM(
            activation: Tensor([4, 3, 3], repeating: 1), gradient: Tensor([4, 3, 3], repeating: 1), input: input,
            score: { _ in
                Issue.record("a flat group must not be scored")
                return []
            })
        #expect(flat == Tensor([9, 14]))
    }

    @Test func occlusionOfALinearScorerIsExact() throws {
        let linear = LinearScorer(weights: noise([3, 9, 14], seed: 21), bias: 3)
        let fill: [Float] = [0.1, -0.2, 0.3]
        func part(_ row: Int, _ column: Int) -> Double {
            (0..<3).reduce(0) { $0 + Double(linear.weights[$1, row, column] * (input[$1, row, column] - fill[$1])) }
        }
        let single = try occlusion(
            input: input, score: linear.score, window: 1, stride: 1, fill: fill, batchSize: 7)
        #expect(largestDifference(single, map(9, 14, part)) < 1e-4)
        // Windows of 4 every 3: rows from 0, 3, 5, columns from 0, 3, 6, 9, 10.
        let (tops, lefts) = ([0, 3, 5], [0, 3, 6, 9, 10])
        let expected = map(9, 14) { row, column in
            var (sum, count) = (0.0, 0.0)
            for top in tops where (top..<top + 4).contains(row) {
                for left in lefts where (left..<left + 4).contains(column) {
                    count += 1
                    for y in top..<top + 4 { for x in left..<left + 4 { sum += part(y, x) } }
                }
            }
            return sum / count
        }
        let wide = try occlusion(input: input, score: linear.score, window: 4, stride: 3, fill: fill)
        #expect(largestDifference(wide, expected) < 1e-4)
        let whole = try occlusion(input: input, score: linear.score, window: 99, stride: 99)
        #expect(Set(whole.elements).count == 1)
    }

    @Test func riseFindsWhatCounts() throws {
        // Only two places count, one of them twice as much.
        let bright = Tensor([3, 12, 12], repeating: 1)
        let score = scorer { 2 * $0[0, 3, 3] + $0[1, 9, 8] }
        let found = try rise(input: bright, score: score, masks: 3000, cells: 4, seed: 5)
        let highest = try #require(found.elements.max())
        #expect(found[3, 3] > 0.95 * highest)
        #expect(found[9, 8] > found[9, 2] + 0.1 && found[9, 8] < found[3, 3] - 0.1)
        // On average a mask shows a place with the given probability, so y M / p is 3 p far from both places.
        #expect(abs(found[3, 11] - 1.5) < 0.15)
        let others = try [5, 5, 6].map {
            try rise(input: bright, score: score, masks: 64, cells: 4, seed: $0, batchSize: 5)
        }
        #expect(others[0] == others[1] && others[0] != others[2])
    }

    @Test func scorersThatFailAreHeard() {
        struct Refusal: Error {}
        #expect(throws: Refusal.self) { try rise(input: input, score: { _ in throw Refusal() }, masks: 2, seed: 1) }
        #expect(throws: Refusal.self) { try occlusion(input: input, score: { _ in throw Refusal() }) }
    }

    @Test func threadsDoNotChangeABit() throws {
        let (activation, gradient) = activationAndGradient([9, 5, 6])
        let (one, three) = try withOneAndThreeThreads {
            [
                try scoreCAM(activation: activation, input: input, score: curved),
                try groupCAM(activation: activation, gradient: gradient, input: input, score: curved, groups: 4),
                try rise(input: input, score: curved, masks: 50, seed: 2),
                try smoothGrad(input: input, gradients: { $0 }, samples: 9, seed: 2, batchSize: 4),
                try integratedGradients(input: input, gradients: { $0 }, steps: 9),
            ]
        }
        #expect(one == three)
    }

    @Test func whatIsNotANumberCrashesNothing() throws {
        var (activation, gradient) = activationAndGradient([4, 5, 6])
        activation[0, 0, 0] = .nan
        gradient[1, 1, 1] = .nan
        let silent = scorer { _ in .nan }
        let maps = [
            try scoreCAM(activation: activation, input: input, score: silent),
            try ablationCAM(activation: activation, score: .nan, ablatedScores: silent),
            try groupCAM(activation: activation, gradient: gradient, input: input, score: silent),
            try occlusion(input: input, score: silent), try rise(input: input, score: silent, masks: 3, seed: 1),
        ]
        #expect(maps.map { $0.shape } == [[5, 6], [5, 6], [9, 14], [9, 14], [9, 14]])
    }

    @Test func aImageOfOnePixelHasAMapOfOneCell() throws {
        let pixel = Tensor([3, 1, 1], elements: [1, 2, 3])
        let score = scorer { $0.elements.reduce(0, +) }
        #expect(try occlusion(input: pixel, score: score) == Tensor([1, 1], repeating: 6))
        #expect(try rise(input: pixel, score: score, masks: 4, seed: 1).shape == [1, 1])
        #expect(try scoreCAM(activation: pixel, input: pixel, score: score).shape == [1, 1])
        #expect(try groupCAM(activation: pixel, gradient: pixel, input: pixel, score: score) == Tensor([1, 1]))
    }
}
