import Graphs
import OperatorCases
import Operators
import Tensors
import Testing

/// Every gradient of every operator against central differences, at the shapes of the catalogue.
@Suite struct GradientTests {
    @Test func everyOperatorHasCases() {
        for type in OperatorCatalogue.operators {
            let cases = OperatorCatalogue.cases.filter { Swift.type(of: $0.operator) == type }
            #expect(cases.count >= 2, "\(type) has \(cases.count) cases")
        }
        for someCase in OperatorCatalogue.cases {
            #expect(OperatorCatalogue.operators.contains { $0 == Swift.type(of: someCase.operator) }, "\(someCase)")
        }
    }

    @Test(arguments: OperatorCatalogue.cases.filter(\.isDifferentiable))
    func gradientsEqualCentralDifferences(example: OperatorCase) throws {
        for mode in example.modes { try check(example, mode) }
    }

    private func check(_ example: OperatorCase, _ mode: ProgramMode) throws {
        let store = ParameterStore(for: example.graph, seed: 5)
        // Scales, shifts and statistics other than zero and one.
        for (index, entry) in store.entries.enumerated() where entry.declaration.shape.count == 1 {
            var random = SeededGenerator(9, index)
            for place in entry.value.elements.indices {
                entry.value.elements[place] = Float(random.uniform(0.5, 1.5))
            }
        }
        let statistics = store.entries.filter { $0.declaration.role == .statistic }.map { Tensor(copying: $0.value) }
        let program = try ReferenceBackend().compile(
            example.graph, parameters: store, inputs: example.inputShapes, mode: mode)
        let shape = try #require(program.outputShapes["output"])
        let cotangent = normal(shape, seed: 11)

        /// The weighted sum of the outputs, whose gradients are tested.
        func value(_ inputs: [String: Tensor]) throws -> Double {
            for (entry, old) in zip(store.entries.filter { $0.declaration.role == .statistic }, statistics) {
                entry.value.assign(old)
            }
            let output = try #require(try program.forward(inputs)["output"])
            return zip(output.elements, cotangent.elements).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }

        let inputs = example.randomInputs(seed: 4)
        _ = try value(inputs)
        try program.backward(["output": cotangent])
        let gradients = try Dictionary(uniqueKeysWithValues: inputs.keys.map { ($0, try program.gradient($0)) })
        let parameterGradients = store.entries.map { $0.gradient.map(Tensor.init(copying:)) }

        for (name, tensor) in inputs {
            let gradient = try #require(gradients[name])
            for place in tensor.elements.indices {
                let slope = try slope(at: tensor.elements[place]) { moved in
                    var changed = inputs
                    var elements = tensor.elements
                    elements[place] = moved
                    changed[name] = Tensor(tensor.shape, elements: elements)
                    return try value(changed)
                }
                #expect(close(gradient.elements[place], slope, example), "\(example) \(mode) \(name)[\(place)]")
            }
        }
        guard mode == .training else { return }
        for (entry, gradient) in zip(store.entries, parameterGradients) {
            guard let gradient else { continue }
            for place in entry.value.elements.indices {
                let original = entry.value.elements[place]
                let slope = try slope(at: original) { moved in
                    entry.value.elements[place] = moved
                    defer { entry.value.elements[place] = original }
                    return try value(inputs)
                }
                #expect(close(gradient.elements[place], slope, example), "\(example) \(mode) \(entry.name)[\(place)]")
            }
        }
    }

    /// Returns the central difference; the step is smaller than the distance to any kink (see ``OperatorCase/randomInputs(seed:)``).
    private func slope(at x: Float, _ value: (Float) throws -> Double) throws -> Double {
        let step: Float = 2e-3
        let (high, low) = (x + step, x - step)
        return (try value(high) - value(low)) / Double(high - low)
    }

    private func close(_ gradient: Float, _ slope: Double, _ example: OperatorCase) -> Bool {
        abs(Double(gradient) - slope) < example.tolerance.gradient * (1 + abs(slope))
    }
}

/// Returns elements from the standard normal distribution.
func normal(_ shape: [Int], seed: UInt64) -> Tensor {
    var random = SeededGenerator(seed)
    return Tensor(shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(random.normal()) })
}
