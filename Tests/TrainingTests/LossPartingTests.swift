import Testing
import Training

/// Where the losses part, on curves made up for it.
@Suite struct LossPartingTests {
    /// Evaluations after every `every`-th of the epochs 1 to 20.
    private func parting(every: Int = 1, training: (Int) -> Double, validation: (Int) -> Double) -> LossParting? {
        let epochs = 1...20
        return LossParting(
            training: epochs.map { ($0, training($0)) },
            validation: epochs.filter { $0 % every == 0 }.map { ($0, validation($0)) })
    }

    private func falling(_ epoch: Int) -> Double { 4 / Double(epoch) }

    @Test func aValleyIsTheParting() throws {
        let found = try #require(parting(training: falling) { 1 + 0.1 * abs(Double($0) - 8) })
        #expect(found.epoch == 8)
        // Smoothed over three evaluations, two at the ends.
        #expect(abs(found.validation.there - (1 + 0.2 / 3)) < 1e-9 && abs(found.validation.end - 2.15) < 1e-9)
        #expect(found.training.end < found.training.there)
        #expect(parting(every: 3, training: falling) { 1 + 0.1 * abs(Double($0) - 9) }?.epoch == 9)
    }

    @Test func noiseMovesItByLittle() {
        let noise = [0.03, -0.05, 0.02, 0.04, -0.03]
        let found = parting(training: { falling($0) + noise[$0 % 5] }) {
            1 + 0.1 * abs(Double($0) - 9) + noise[($0 * 3) % 5]
        }
        #expect((8...10).contains(found?.epoch ?? 0), "\(found?.epoch ?? 0)")
        // One outlier is no valley: the loss falls again after it.
        #expect(parting(training: falling) { falling($0) + ($0 == 6 ? 2 : 0) } == nil)
    }

    @Test func curvesThatDoNotPart() {
        #expect(parting(training: falling, validation: { 1 + falling($0) }) == nil)
        // Both rise: the run diverges.
        #expect(
            parting(training: { 1 + 0.1 * abs(Double($0) - 8) }, validation: { 1 + 0.1 * abs(Double($0) - 8) }) == nil)
        #expect(parting(training: falling) { max(1, 2 - 0.1 * Double($0)) } == nil)
        // It rises by less than it would be worth to speak of.
        #expect(parting(training: falling) { 1 + 1e-4 * abs(Double($0) - 8) } == nil)
        // The last evaluation alone is higher.
        #expect(parting(training: falling) { $0 == 20 ? 3 : 1 + falling($0) } == nil)
    }

    @Test func fewEvaluationsSayNothing() {
        #expect(parting(every: 6, training: falling) { Double($0) } == nil)
        #expect(parting(every: 5, training: falling) { Double($0) }?.epoch == 5)
        #expect(LossParting(training: [], validation: []) == nil)
    }
}
