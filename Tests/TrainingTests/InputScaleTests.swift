import Boxes
import Foundation
import Graphs
import Interruption
import Networks
import OneDNNBackend
import Tensors
import TestSupport
import Testing
import Training

/// Multi-scale training: the size of the network's input changes from step to step.
@Suite(.serialized) struct InputScaleTests {
    private static let sizes = [InputExtent(side: 32), 64, InputExtent(rows: 32, columns: 96)]

    private func configuration(_ scales: [Double]) -> TrainingConfiguration {
        var configuration = TrainingConfiguration()
        (configuration.epochs, configuration.batchSize, configuration.warmUpSteps) = (4, 3, 2)
        (configuration.evaluateEvery, configuration.checkpointSeconds) = (4, 1e6)
        configuration.augmentation.border = 16
        (configuration.inputScales, configuration.inputScaleSteps) = (scales, 2)
        return configuration
    }

    @Test func factorsBecomeMultiplesOfTheStride() throws {
        let model = try smallModel()
        #expect(configuration([1]).inputSizes(of: model) == [64])
        #expect(configuration([0.5, 1, 1.5]).inputSizes(of: model) == [32, 64, 96])
        // Factors that make the same size have one program; none is below the stride.
        #expect(configuration([0.9, 1.1, 0.25]).inputSizes(of: model) == [64, 32])
        #expect(configuration([]).inputSizes(of: model) == [64])
        let wide = try Model(
            network: NetworkConfiguration(name: "compact", classCount: 2, headChannels: 16),
            classNames: fixtureClasses, inputSize: InputExtent(rows: 64, columns: 128), seed: 3)
        #expect(
            configuration([0.5, 1]).inputSizes(of: wide) == [
                InputExtent(rows: 32, columns: 64), InputExtent(rows: 64, columns: 128),
            ])
    }

    /// The size depends on the seed and the step alone, changes every so many steps, and leaves the order of images as it is.
    @Test func plansAreFunctionsOfTheSeedAndTheStep() {
        func plan(seed: UInt64, sizes: [InputExtent] = Self.sizes) -> BatchPlan {
            BatchPlan(
                sampleCount: 40, batchSize: 4, accumulation: 2, seed: seed, inputSizes: sizes, stepsPerInputSize: 3)
        }
        let batches = 0..<600
        let drawn = batches.map { plan(seed: 4).inputSize(ofBatch: $0) }
        #expect(drawn == batches.map { plan(seed: 4).inputSize(ofBatch: $0) })
        #expect(drawn != batches.map { plan(seed: 5).inputSize(ofBatch: $0) })
        for period in 0..<100 { #expect(Set(drawn[6 * period..<6 * period + 6]).count == 1) }
        // Each of three with a hundred drawings, more than four standard deviations below its mean.
        for size in Self.sizes { #expect(drawn.count { $0 == size } / 6 > 14) }
        #expect(plan(seed: 4).order(epoch: 2) == BatchPlan(sampleCount: 40, batchSize: 4, seed: 4).order(epoch: 2))
        #expect(plan(seed: 4, sizes: []).inputSize(ofBatch: 7) == nil)
        #expect(plan(seed: 4, sizes: [96]).inputSize(ofBatch: 7) == 96)
    }

    @Test func batchesHaveTheirStepsSize() throws {
        let folder = try TemporaryFolder()
        let dataset = try rectangles(in: folder.url, count: 6)
        let samples = SampleLoader(
            dataset: dataset, inputSize: 64, mean: [0, 0, 0], standardDeviation: [1, 1, 1],
            augmentation: AugmentationConfiguration(), seed: 2, largestInput: 96)
        let plan = BatchPlan(sampleCount: 6, batchSize: 2, seed: 2, inputSizes: Self.sizes)
        let loader = BatchLoader(samples: samples, plan: plan, batches: 0..<12, threads: 2)
        defer { loader.stop() }
        var seen: Set<[Int]> = []
        for number in 0..<12 {
            let batch = try #require(try loader.next())
            let size = try #require(plan.inputSize(ofBatch: number))
            #expect(batch.input.shape == size.shape(batch: 2))
            #expect(batch.targets.allSatisfy { $0.heatmap.shape == [2, size.rows / 4, size.columns / 4] })
            #expect(try samples.batch(number, plan: plan).input == batch.input)
            seen.insert(batch.input.shape)
        }
        #expect(seen.count > 1)
    }

    /// Other sizes beside it change nothing about a step.
    @Test(arguments: [ReferenceBackend(), OneDNNBackend()] as [any Backend])
    func aStepAtTheOwnSizeIsTheSame(backend: any Backend) throws {
        let folder = try TemporaryFolder()
        let dataset = try rectangles(in: folder.url, count: 4)
        let samples = SampleLoader(
            dataset: dataset, inputSize: 64, mean: [0, 0, 0], standardDeviation: [1, 1, 1], augmentation: .none, seed: 1
        )
        let batch = try samples.batch(0, plan: BatchPlan(sampleCount: 4, batchSize: 4, seed: 1))
        func step(_ scales: [Double]) throws -> (StepResult, ParameterStore) {
            let step = try TrainingStep(
                model: smallModel(), configuration: configuration(scales), batchSize: 4, backend: backend)
            return (try step.take([batch], learningRate: 0.01), step.model.parameters)
        }
        let (alone, several) = (try step([1]), try step([0.5, 1, 1.5]))
        #expect(alone.0.loss.total == several.0.loss.total && alone.0.gradientNorm == several.0.gradientNorm)
        for (one, other) in zip(alone.1.entries, several.1.entries) {
            #expect(one.value.elements.elementsEqual(other.value.elements), "\(one.name)")
        }
    }

    /// A run of two sizes learns, and ends with the same bits wherever it was stopped and resumed: within a period, and at its end.
    @Test(arguments: [ReferenceBackend(), OneDNNBackend()] as [any Backend])
    func resumedRunsAreTheSame(backend: any Backend) throws {
        let folder = try TemporaryFolder()
        let images = try rectangles(in: folder.url, count: 9)
        let configuration = configuration([0.5, 1])
        func train(_ name: String, resume: Bool, stop: Int = .max) throws -> TrainingSummary {
            let flag = InterruptFlag()
            var steps = 0
            return try Trainer(
                model: smallModel(), training: images, validation: images, configuration: configuration,
                backend: backend, runFolder: folder.file(name), interrupt: flag,
                report: { event in
                    guard case .step = event else { return }
                    steps += 1
                    if steps == stop { flag.raise() }
                }
            ).run(resume: resume)
        }
        let plan = BatchPlan(
            sampleCount: 9, batchSize: 3, seed: configuration.seed,
            inputSizes: configuration.inputSizes(of: try smallModel()), stepsPerInputSize: 2)
        #expect(Set((0..<12).map { plan.inputSize(ofBatch: $0) }).count == 2)
        #expect(try train("whole", resume: false).steps == 12)
        let expected = try Data(contentsOf: RunFolder(folder.file("whole")).lastWeights)
        for stop in [3, 4, 7] {
            #expect(try train("stopped", resume: false, stop: stop).outcome == .interrupted)
            #expect(try train("stopped", resume: true).outcome == .finished)
            #expect(try Data(contentsOf: RunFolder(folder.file("stopped")).lastWeights) == expected, "\(stop)")
        }
    }
}
