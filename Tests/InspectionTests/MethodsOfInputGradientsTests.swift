import Foundation
import Inspection
import Tensors
import TestSupport
import Testing

@Suite struct MethodsOfInputGradientsTests {
    let input = noise([3, 6, 7], seed: 3)

    /// `tanh(w . x)`.
    private func slope(_ weights: Tensor) -> (score: (Tensor) -> Float, gradients: InputGradients) {
        (
            { tanh(dot($0, weights)) },
            { batch in
                Tensor(
                    batch.shape,
                    elements: items(batch).flatMap { item -> [Float] in
                        let value = tanh(dot(item, weights))
                        return weights.elements.map { (1 - value * value) * $0 }
                    })
            }
        )
    }

    @Test func theInputGradientMapTakesTheLargestMagnitude() {
        let gradient = Tensor([3, 1, 2], elements: [1, -0.5, -3, 0.25, 2, 0])
        #expect(inputGradientMap(gradient: gradient) == Tensor([1, 2], elements: [3, 0.5]))
    }

    @Test func smoothGradOfALinearScorerIsItsGradient() throws {
        let weights = noise([3, 6, 7], seed: 4)
        let map = try smoothGrad(
            input: input, gradients: LinearScorer(weights: weights).gradients, samples: 5, seed: 1, batchSize: 2)
        #expect(largestDifference(map, inputGradientMap(gradient: weights)) < 1e-6)
    }

    @Test func smoothGradAddsNoiseOfTheGivenDeviation() throws {
        var sums = (count: 0.0, first: 0.0, second: 0.0)
        var batches: [Int] = []
        _ = try smoothGrad(
            input: input,
            gradients: { batch in
                batches.append(batch.shape[0])
                for item in items(batch) {
                    for (noisy, clean) in zip(item.elements, input.elements) {
                        let difference = Double(noisy - clean)
                        sums = (sums.count + 1, sums.first + difference, sums.second + difference * difference)
                    }
                }
                return batch
            }, samples: 50, noise: 0.2, seed: 1)
        let range = Double((input.elements.max() ?? 0) - (input.elements.min() ?? 0))
        #expect(batches == [8, 8, 8, 8, 8, 8, 2])
        #expect(abs(sums.first / sums.count) < 0.02 * range)
        #expect(abs((sums.second / sums.count).squareRoot() / range - 0.2) < 0.01)
        let others = try [1, 1, 2].map { try smoothGrad(input: input, gradients: { $0 }, samples: 2, seed: $0) }
        #expect(others[0] == others[1] && others[0] != others[2])
    }

    @Test func integratedGradientsAreComplete() throws {
        let weights = tensor([3, 6, 7], noise([3, 6, 7], seed: 4).elements.map { 0.1 * $0 })
        let (score, gradients) = slope(weights)
        let baseline = noise([3, 6, 7], seed: 5)
        let expected = score(input) - score(baseline)
        var errors: [Float] = []
        for steps in [4, 64] {
            let map = try integratedGradients(
                input: input, baseline: baseline, gradients: gradients, steps: steps, batchSize: 7)
            errors.append(abs(map.elements.reduce(0, +) - expected))
        }
        #expect(errors[1] < 1e-4 && errors[1] <= errors[0])
        // For a linear scorer, one step gives each pixel's contribution exactly, with its sign.
        let linear = try integratedGradients(
            input: input, gradients: LinearScorer(weights: weights).gradients, steps: 1)
        let parts = map(6, 7) { row, column in
            (0..<3).reduce(0) { $0 + Double(weights[$1, row, column] * input[$1, row, column]) }
        }
        #expect(largestDifference(linear, parts) < 1e-6)
    }

    @Test func theMidpointRuleAsksInTheMiddles() throws {
        var places: [Float] = []
        _ = try integratedGradients(
            input: Tensor([3, 1, 1], repeating: 8),
            gradients: { batch in
                places += items(batch).map { $0[0, 0, 0] }
                return batch
            }, steps: 4)
        #expect(places == [1, 3, 5, 7])
    }

    @Test func theFullGradientIsTheSumOfItsScaledParts() {
        let gradient = noise([3, 6, 7], seed: 8)
        let layers = [
            BiasedLayer(bias: [0.5, -2], gradient: noise([2, 3, 4], seed: 9)),
            BiasedLayer(bias: [-1, 2], gradient: noise([2, 6, 7], seed: 10)),
        ]
        var expected = Tensor([6, 7])
        func add(_ gradient: Tensor, _ factor: (Int, Int) -> Float) {
            for (channel, plane) in items(gradient).enumerated() {
                let part = tensor(plane.shape, plane.elements.enumerated().map { abs($1 * factor(channel, $0)) })
                let shown = resized(minMaxScaled(part), rows: 6, columns: 7).elements
                expected = tensor([6, 7], zip(expected.elements, shown).map { $0 + $1 })
            }
        }
        add(gradient) { input.elements[$0 * 42 + $1] }
        for layer in layers { add(layer.gradient) { channel, _ in layer.bias[channel] } }
        let found = fullGradient(input: input, inputGradient: gradient, layers: layers)
        #expect(relativeDifference(found, expected) < 1e-5)
    }

    @Test func floorsAreWhatTheySay() {
        let random = randomMap(rows: 40, columns: 50, seed: 1)
        #expect(
            random == randomMap(rows: 40, columns: 50, seed: 1) && random != randomMap(rows: 40, columns: 50, seed: 2))
        #expect(abs(random.elements.reduce(0, +) / 2000 - 0.5) < 0.05)
        let hill = centerGaussianMap(rows: 5, columns: 7)
        #expect(hill[2, 3] == 1 && hill.elements.max() == 1)
        #expect(hill[0, 3] == hill[4, 3] && abs(hill[0, 3] - exp(-0.5 * 1.6 * 1.6)) < 1e-6)
        #expect(hill[1, 0] == hill[3, 6])
    }
}
