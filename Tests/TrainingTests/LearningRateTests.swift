import Datasets
import Foundation
import Graphs
import Networks
import Tensors
import TestSupport
import Testing
import Training

/// Learning rates of parts of the network, by their definition: one step of plain SGD.
@Suite struct LearningRateTests {
    private let folder: TemporaryFolder
    private let samples: SampleLoader

    init() throws {
        folder = try TemporaryFolder()
        samples = SampleLoader(
            dataset: try rectangles(in: folder.url, count: 4), inputSize: 64, mean: [0, 0, 0],
            standardDeviation: [1, 1, 1], augmentation: .none, seed: 1)
    }

    private func step(_ rates: [String: Double], freeze: [String] = []) throws -> TrainingStep {
        var configuration = TrainingConfiguration()
        configuration.optimizer = OptimizerConfiguration(.sgd)
        configuration.optimizer.momentum = 0
        configuration.gradientClip = 0
        configuration.averageDecay = 0
        configuration.learningRates = rates
        configuration.freeze = freeze
        return try TrainingStep(
            model: smallModel(), configuration: configuration, batchSize: 4, backend: ReferenceBackend())
    }

    /// Takes one step, and checks each parameter's change against the factor that `expected` gives it.
    private func check(
        _ rates: [String: Double], freeze: [String] = [], _ expected: (String) -> Double
    ) throws {
        let step = try step(rates, freeze: freeze)
        let before = try smallModel().parameters
        let plan = BatchPlan(sampleCount: 4, batchSize: 4, seed: 1)
        #expect(try step.take([samples.batch(0, plan: plan)], learningRate: 0.25).isTaken)
        var moved: Set<Double> = []
        for entry in step.model.parameters.entries {
            let factor = expected(entry.name)
            let old = try #require(before[entry.name])
            if factor == 0 {
                #expect(Tensor(copying: entry.value) == old, "\(entry.name) has moved")
                continue
            }
            // Running statistics are no gradient's business.
            guard let gradient = entry.gradient?.elements else { continue }
            let (olds, values) = (old.elements, entry.value.elements)
            var wrong = 0
            for index in gradient.indices {
                let wanted = olds[index] - Float(0.25 * factor) * gradient[index]
                if abs(values[index] - wanted) > 1e-6 * max(1, abs(wanted)) { wrong += 1 }
                if gradient[index] != 0, values[index] != olds[index] { moved.insert(factor) }
            }
            #expect(wrong == 0, "\(entry.name) with factor \(factor)")
        }
        #expect(moved.contains(1), "nothing has moved at the whole rate")
    }

    @Test func eachPartHasItsFactor() throws {
        try check(["backbone": 0.1, "heads": 1]) { $0.hasPrefix("backbone.") ? 0.1 : 1 }
        try check(["neck": 0.5, "size": 2]) { name in
            name.hasPrefix("heads.size.") ? 2 : name.hasPrefix("heads.") || name.hasPrefix("backbone.") ? 1 : 0.5
        }
    }

    /// A part of a part counts more than the whole, whatever their order in the file.
    @Test func theLongestNameCounts() throws {
        try check(["heads": 0.5, "heatmap": 1, "heads.size.0": 0.25]) { name in
            if name.hasPrefix("heads.heatmap.") || !name.hasPrefix("heads.") { return 1 }
            return name.hasPrefix("heads.size.0.") ? 0.25 : 0.5
        }
    }

    /// Also the running statistics of its normalizations stay.
    @Test func zeroFreezes() throws {
        try check(["backbone": 0]) { $0.hasPrefix("backbone.") ? 0 : 1 }
        #expect(try step(["backbone": 0]).frozenParameterCount == step([:], freeze: ["backbone"]).frozenParameterCount)
        try check(["backbone": 2], freeze: ["backbone"]) { $0.hasPrefix("backbone.") ? 0 : 1 }
    }

    @Test func partsThatDoNotExistAreNamedWithThoseThatDo() throws {
        func sentence(_ rates: [String: Double]) -> String {
            let error = #expect(throws: TrainingError.self) { try step(rates) }
            return error?.description ?? ""
        }
        let unknown = sentence(["bakbone": 0.1, "keypointOffset": 1])
        #expect(unknown.contains("names 'bakbone'") && unknown.contains("names 'keypointOffset'"), "\(unknown)")
        #expect(unknown.contains("its parts are backbone, neck, heads, heatmap, size, offset, and"), "\(unknown)")
        #expect(sentence(["**": 0]).contains("no parameters to train"))
    }

    /// The optimizer's own: Adam's steps are proportional to the rate, and decoupled decay is, too.
    @Test(arguments: [OptimizerConfiguration.Kind.adam, .adamW])
    func adamHasThemToo(kind: OptimizerConfiguration.Kind) throws {
        func weights(_ factor: Double, rate: Double) throws -> [Float] {
            let store = try smallModel().parameters
            let optimizer = Optimizer(
                configuration: OptimizerConfiguration(kind, weightDecay: 0.1), parameters: store,
                rateFactors: ["heads.size.0.weight": factor])
            for entry in store.entries { entry.gradient?.fill(0.5) }
            optimizer.step(learningRate: rate)
            return try #require(store["heads.size.0.weight"]).elements.map { $0 }
        }
        #expect(try weights(0.5, rate: 0.5) == weights(1, rate: 0.25))
        #expect(try weights(0.5, rate: 0.5) != weights(1, rate: 0.5))
    }
}
