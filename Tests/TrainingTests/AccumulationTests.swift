import Datasets
import Foundation
import Graphs
import Networks
import TestSupport
import Testing
import Training

/// Gradients of several batches that make one step.
@Suite struct AccumulationTests {
    /// A network without batch normalization's batch statistics: its normalizations are frozen, so a batch is the sum of its images.
    private func step(batchSize: Int) throws -> TrainingStep {
        var configuration = TrainingConfiguration()
        configuration.optimizer = OptimizerConfiguration(.sgd)
        configuration.gradientClip = 0
        configuration.averageDecay = 0
        configuration.freeze = ["backbone", "upsampler"]
        return try TrainingStep(
            model: smallModel(), configuration: configuration, batchSize: batchSize, backend: ReferenceBackend())
    }

    @Test func twoHalvesAreTheWhole() throws {
        let folder = try TemporaryFolder()
        let dataset = try rectangles(in: folder.url, count: 4)
        let samples = SampleLoader(
            dataset: dataset, inputSize: 64, mean: [0, 0, 0], standardDeviation: [1, 1, 1], augmentation: .none,
            seed: 1)
        let whole = try step(batchSize: 4)
        let halves = try step(batchSize: 2)
        let one = try whole.take(
            [samples.batch(0, plan: BatchPlan(sampleCount: 4, batchSize: 4, seed: 1))], learningRate: 0.1)
        let plan = BatchPlan(sampleCount: 4, batchSize: 2, accumulation: 2, seed: 1)
        #expect(plan.stepsPerEpoch == 1 && plan.imagesPerStep == 4)
        let two = try halves.take([samples.batch(0, plan: plan), samples.batch(1, plan: plan)], learningRate: 0.1)
        #expect(abs(one.loss.total - two.loss.total) < 1e-6 * one.loss.total)
        #expect(abs(one.gradientNorm - two.gradientNorm) < 1e-4 * one.gradientNorm)
        for (left, right) in zip(whole.model.parameters.entries, halves.model.parameters.entries) {
            for (a, b) in zip(left.value.elements, right.value.elements) {
                #expect(abs(a - b) < 1e-5 * max(1, abs(a)), "\(left.name)")
            }
        }
    }

    @Test(arguments: [(10, 4, 3, 2, 1), (10, 4, 1, 1, 2), (3, 8, 2, 1, 1), (24, 4, 3, 3, 2)])
    func smallSetsMakeSmallSteps(samples: Int, batch: Int, wanted: Int, accumulation: Int, steps: Int) {
        let plan = BatchPlan(sampleCount: samples, batchSize: batch, accumulation: wanted, seed: 1)
        #expect(plan.accumulation == accumulation && plan.stepsPerEpoch == steps)
    }
}
