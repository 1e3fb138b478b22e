import Datasets
import Foundation
import Graphs
import Interruption
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

    private func trainer(
        _ name: String, in folder: TemporaryFolder, interrupt: InterruptFlag = .current,
        report: @escaping (TrainingEvent) -> Void = { _ in }
    ) throws -> Trainer {
        var configuration = TrainingConfiguration()
        configuration.epochs = 2
        configuration.batchSize = 2
        configuration.accumulation = 3
        configuration.augmentation.border = 16
        return try Trainer(
            model: smallModel(), training: rectangles(in: folder.url, count: 14), validation: nil,
            configuration: configuration, backend: ReferenceBackend(), runFolder: folder.file(name),
            interrupt: interrupt, report: report)
    }

    /// The automatic learning rate is that of all images of a step, not of one batch.
    @Test func theLearningRateGoesByTheWholeStep() throws {
        let plan = try trainer("run", in: TemporaryFolder()).description
        #expect(plan.batchSize == 2 && plan.accumulation == 3 && plan.stepsPerEpoch == 2)
        #expect(plan.learningRate == TrainingConfiguration().initialLearningRate(imagesPerStep: 6))
        #expect(plan.learningRate != TrainingConfiguration().initialLearningRate(imagesPerStep: 2))
    }

    /// A resumed run takes the batches of whole steps.
    @Test func resumedInTheMiddleOfAnEpoch() throws {
        let folder = try TemporaryFolder()
        #expect(try trainer("whole", in: folder).run().steps == 4)
        let flag = InterruptFlag()
        let stopped = try trainer("stopped", in: folder, interrupt: flag) { if case .step = $0 { flag.raise() } }.run()
        #expect(stopped.outcome == .interrupted && stopped.steps == 1)
        #expect(try trainer("stopped", in: folder).run(resume: true).steps == 4)
        let weights = try ["whole", "stopped"].map {
            try Data(contentsOf: RunFolder(folder.file($0)).lastWeights)
        }
        #expect(weights[0] == weights[1])
    }
}
