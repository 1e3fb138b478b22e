import Graphs
import OneDNNBackend
import Tensors
import TestSupport
import Testing

/// Runs a graph on both backends, and expects all their results to agree: outputs, gradients, statistics.
func compare(
    _ graph: Graph, inputs: [String: Tensor], mode: ProgramMode, taps: Taps = .everything,
    algorithm: ConvolutionAlgorithm, precision: PrecisionChoice = .float32, within tolerance: Float,
    gradientSlack: Float = 1,
    measure: (Tensor, Tensor) -> Float = relativeDifference
) throws {
    func run(_ backend: any Backend) throws -> [String: Tensor] {
        let store = ParameterStore(for: graph, seed: 5)
        for (index, entry) in store.entries.enumerated() where entry.declaration.shape.count == 1 {
            var random = SeededGenerator(9, index)
            for place in entry.value.elements.indices {
                entry.value.elements[place] = Float(random.uniform(0.5, 1.5))
            }
        }
        store.markChanged()
        let program = try backend.compile(
            graph, parameters: store, inputs: inputs.mapValues(\.shape), mode: mode, taps: taps)
        var found: [String: Tensor] = [:]
        for (name, tensor) in try program.forward(inputs) { found["output \(name)"] = tensor }
        if mode.hasGradients {
            func seeds(_ seed: UInt64) -> [String: Tensor] {
                var seeds: [String: Tensor] = [:]
                for (name, shape) in program.outputShapes.mapValues(taps.gradientShape) {
                    var random = SeededGenerator(seed, shape.reduce(1, *))
                    seeds[name] = Tensor(shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(random.normal()) })
                }
                return seeds
            }
            // A pass must not affect the next one.
            if mode == .inspection { try program.backward(seeds(8)) }
            try program.backward(seeds(7))
            for node in graph.nodes {
                let isInput = inputs.keys.contains(node.name)
                guard
                    mode == .inspection
                        ? taps.contains(node.name) && (isInput || taps != .everything)
                        : isInput && node.needsGradientInTraining
                else { continue }
                found["gradient of \(node.name)"] = try program.gradient(node.name)
                if mode == .inspection { found["value at \(node.name)"] = try program.value(node.name) }
            }
        }
        for entry in store.entries { found["value of \(entry.name)"] = Tensor(copying: entry.value) }
        if mode == .training {
            // All parameters of a node together: the gradient of a shift that a later normalization cancels is nothing but rounding errors.
            for node in graph.nodes {
                let parameters = store.entries.filter { $0.name.hasPrefix(node.name + ".") }
                let numbers = parameters.flatMap { $0.gradient.map { Array($0.elements) } ?? [] }
                found["gradient of \(node.name)'s parameters"] = Tensor([numbers.count], elements: numbers)
            }
        }
        return found
    }
    let (expected, actual) = (
        try run(ReferenceBackend()), try run(OneDNNBackend(algorithm: algorithm, precision: precision))
    )
    #expect(Set(expected.keys) == Set(actual.keys))
    // A gradient that a later normalization cancels is nothing but rounding errors, so the differences of parameter gradients are relative
    // to at least a thirtieth of the largest gradient's norm.
    let longest = expected.filter { $0.key.hasSuffix("parameters") }.map { length($0.value) }.max() ?? 0
    for (name, tensor) in expected {
        var difference = measure(try #require(actual[name]), tensor)
        if name.hasSuffix("parameters") { difference *= min(1, length(tensor) / (longest / 30)) }
        let allowed = name.hasPrefix("gradient") ? tolerance * gradientSlack : tolerance
        #expect(difference < allowed, "\(name) in \(mode) differs by \(difference)")
    }
}

private func length(_ tensor: Tensor) -> Float {
    tensor.elements.reduce(Float(1e-12)) { $0 + $1 * $1 }.squareRoot()
}

/// The root mean square of the difference.
func rootMeanSquare(_ actual: Tensor, _ expected: Tensor) -> Float {
    guard actual.shape == expected.shape else { return .infinity }
    let sum = zip(actual.elements, expected.elements).reduce(0.0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
    return Float((sum / Double(max(1, actual.elements.count))).squareRoot())
}

/// The norm of the difference relative to the norm of the expected tensor.
func distance(_ actual: Tensor, _ expected: Tensor) -> Float {
    guard actual.shape == expected.shape else { return .infinity }
    var (difference, length) = (0.0, 1e-12)
    for (a, e) in zip(actual.elements, expected.elements) {
        difference += Double(a - e) * Double(a - e)
        length += Double(e) * Double(e)
    }
    return Float((difference / length).squareRoot())
}
