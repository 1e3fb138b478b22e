import Foundation
import Graphs
import Tensors
import Testing
import Training

/// Compares every optimizer with its formula in double precision, on gradients of a quadratic bowl.
@Suite struct OptimizerTests {
    static let size = 40_003

    static func store() -> ParameterStore {
        let graph = Holder.graph([
            ParameterDeclaration("weight", [size], .weight, .normal(standardDeviation: 1)),
            ParameterDeclaration("bias", [5], .bias, .constant(0.5)),
            ParameterDeclaration("running_mean", [5], .statistic, .constant(0.25)),
        ])
        return ParameterStore(for: graph, seed: 11)
    }

    /// A gradient that depends on the value and the step.
    static func gradient(_ value: Double, _ index: Int, _ step: Int) -> Double {
        value * 0.5 + sin(Double(index * 7 + step * 3)) * 0.2
    }

    /// One element of a reference computed in `Double`.
    struct Element {
        var value: Double
        var first = 0.0
        var second = 0.0

        mutating func step(_ c: OptimizerConfiguration, gradient: Double, rate: Double, time: Int, decays: Bool) {
            var slope = gradient
            if decays && c.kind == .adamW { value *= 1 - rate * c.weightDecay }
            if decays && c.kind != .adamW { slope += c.weightDecay * value }
            if c.kind == .sgd {
                first = c.momentum * first + slope
                value -= rate * (c.nesterov ? slope + c.momentum * first : first)
                return
            }
            first = c.beta1 * first + (1 - c.beta1) * slope
            second = c.beta2 * second + (1 - c.beta2) * slope * slope
            let corrected = first / (1 - pow(c.beta1, Double(time)))
            value -= rate * corrected / ((second / (1 - pow(c.beta2, Double(time)))).squareRoot() + c.epsilon)
        }
    }

    static let configurations: [OptimizerConfiguration] = {
        var list: [OptimizerConfiguration] = []
        for kind in OptimizerConfiguration.Kind.allCases {
            for decay in [0, 0.1] {
                var configuration = OptimizerConfiguration(kind)
                configuration.weightDecay = decay
                list.append(configuration)
                if kind == .sgd {
                    configuration.nesterov = true
                    list.append(configuration)
                }
            }
        }
        return list
    }()

    @Test(arguments: configurations) func followsItsFormula(_ configuration: OptimizerConfiguration) throws {
        let store = Self.store()
        let optimizer = Optimizer(configuration: configuration, parameters: store)
        var models = store.entries.map { $0.value.elements.map { Element(value: Double($0)) } }
        for time in 1...5 {
            let rate = 0.01 * Double(time)
            for (place, entry) in store.entries.enumerated() {
                guard let gradient = entry.gradient?.elements else { continue }
                let decays = entry.declaration.role == .weight
                for index in gradient.indices {
                    let slope = Self.gradient(models[place][index].value, index, time)
                    gradient[index] = Float(slope)
                    models[place][index].step(
                        configuration, gradient: slope, rate: rate, time: time, decays: decays)
                }
            }
            optimizer.step(learningRate: rate)
        }
        for (entry, model) in zip(store.entries, models) {
            let worst = zip(entry.value.elements, model).map { abs(Double($0) - $1.value) }.max() ?? 0
            #expect(worst < 2e-5, "\(entry.name) is off by \(worst)")
        }
        #expect(store["holder.running_mean"]?.elements == [0.25, 0.25, 0.25, 0.25, 0.25])
    }

    @Test func goesOnFromItsState() throws {
        for kind in OptimizerConfiguration.Kind.allCases {
            let (straight, stopped) = (Self.store(), Self.store())
            let whole = Optimizer(configuration: OptimizerConfiguration(kind), parameters: straight)
            var parts = Optimizer(configuration: OptimizerConfiguration(kind), parameters: stopped)
            for time in 1...6 {
                if time == 4 {
                    let state = Dictionary(
                        uniqueKeysWithValues: parts.state.map { ($0.name, Tensor(copying: $0.view)) })
                    let (steps, old) = (parts.stepCount, parts)
                    parts = Optimizer(configuration: old.configuration, parameters: stopped)
                    try parts.restore(state, stepCount: steps)
                }
                for store in [straight, stopped] {
                    for entry in store.entries {
                        guard let gradient = entry.gradient?.elements else { continue }
                        for index in gradient.indices {
                            gradient[index] = Float(Self.gradient(Double(entry.value.elements[index]), index, time))
                        }
                    }
                }
                whole.step(learningRate: 0.01)
                parts.step(learningRate: 0.01)
            }
            #expect(straight["holder.weight"] == stopped["holder.weight"])
        }
    }

    @Test func refusesAStateOfAnotherNetwork() throws {
        let optimizer = Optimizer(configuration: OptimizerConfiguration(.adam), parameters: Self.store())
        #expect(throws: GraphError.self) { try optimizer.restore([:], stepCount: 3) }
        #expect(optimizer.stepCount == 0)
    }

    @Test func clipsTheNormOfAllGradientsTogether() throws {
        let store = Self.store()
        for entry in store.entries {
            guard let gradient = entry.gradient?.elements else { continue }
            for index in gradient.indices { gradient[index] = Float(sin(Double(index))) }
        }
        let before = store.entries.flatMap { $0.gradient.map { Array($0.elements) } ?? [] }
        let norm = before.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        let tool = GradientNorm(store)
        #expect(abs(tool.value() - norm) < 1e-9 * norm)
        #expect(tool.clip(to: 2 * norm) == tool.value(), "a limit above the norm changes nothing")
        #expect(tool.clip(to: 0) == tool.value(), "no limit changes nothing")
        #expect(abs(tool.clip(to: 3) - norm) < 1e-9 * norm)
        #expect(abs(tool.value() - 3) < 1e-5)
        let after = store.entries.flatMap { $0.gradient.map { Array($0.elements) } ?? [] }
        for (old, new) in zip(before, after) { #expect(abs(Double(new) - Double(old) * 3 / norm) < 1e-6) }
    }

    @Test func averagesWeightsAndStatistics() throws {
        let graph = Holder.graph([
            ParameterDeclaration("weight", [3], .weight, .constant(1)),
            ParameterDeclaration("running_var", [3], .statistic, .constant(2)),
        ])
        let store = ParameterStore(for: graph, seed: 1)
        let average = WeightAverage(of: store, graph: graph, decay: 0.5)
        var expected: [Double] = [1, 2]
        for step in 1...8 {
            for (place, entry) in store.entries.enumerated() {
                entry.value.fill(Float(step * (place + 1)))
                let kept = min(0.5, Double(1 + step) / Double(10 + step))
                expected[place] = kept * expected[place] + (1 - kept) * Double(step * (place + 1))
            }
            average.update()
        }
        for (entry, value) in zip(average.parameters.entries, expected) {
            for element in entry.value.elements { #expect(abs(Double(element) - value) < 1e-5) }
        }
    }
}
