import Graphs
import Tensors

/// A network that can be asked for its outputs, its gradients, and the values of its layers.
///
/// It works for any graph, not only detectors: inputs, layers and outputs are those of the graph. Programs are compiled when first needed,
/// for no more of the graph than a request needs, and kept for similar requests. Not thread-safe.
public final class Inspector {
    /// The network.
    public let graph: Graph
    /// The network's parameters.
    public let parameters: ParameterStore
    /// The input that takes images.
    public let inputName: String
    private let maximumBatch: Int
    private var programs: ProgramCache

    /// - Parameter maximumBatch: The largest batch that the graph accepts.
    /// - Throws: ``InspectionError/inputs(_:)`` when the graph does not have exactly one input.
    public init(
        graph: Graph, parameters: ParameterStore, backend: any Backend, maximumBatch: Int = .max
    ) throws(InspectionError) {
        guard let input = graph.inputNames.first, graph.inputNames.count == 1 else { throw .inputs(graph.inputNames) }
        self.graph = graph
        self.parameters = parameters
        self.maximumBatch = maximumBatch
        inputName = input
        programs = ProgramCache(backend: backend, parameters: parameters)
    }

    /// The values of layers in one forward pass, and the gradients of targets with respect to them.
    public struct Record {
        /// The value of each target.
        public let values: [Float]
        /// The value of each layer, `[channel, row, column]` for maps.
        public let activations: [String: Tensor]
        /// The gradients with respect to each layer, `[target, channel, row, column]` for maps.
        public let gradients: [String: Tensor]
    }

    /// Runs one forward pass, and a backward pass for each target; the backward passes run side by side, down to the deepest layer.
    ///
    /// - Parameters:
    ///   - input: `[1, channel, row, column]`.
    /// - layers: Names of nodes, or of the input.
    /// - Throws: ``InspectionError/noSuchElement(_:shape:)``, ``GraphError``.
    public func record(_ input: Tensor, layers: [String], targets: [Target]) throws -> Record {
        let outputs = try checkedOutputs(of: targets, input: input.shape)
        let graph = try self.graph.part(to: outputs + layers.filter { $0 != inputName })
        let step = try seedCount(layers, in: graph, input: input.shape, targetCount: targets.count)
        let program = try programs.program(
            graph, inputs: [inputName: input.shape], mode: .inspection, taps: Taps(Set(layers), seedCount: step))
        let results = try program.forward([inputName: input])
        var activations: [String: Tensor] = [:]
        for layer in layers { activations[layer] = try program.value(layer).firstItem }
        var parts: [String: [Tensor]] = [:]
        for start in stride(from: 0, to: targets.count, by: step) {
            let chunk = targets[start..<min(targets.count, start + step)]
            try program.backward(Self.seeds(chunk, outputs: program.outputShapes, count: step))
            for layer in layers { parts[layer, default: []].append(try program.gradient(layer).prefix(chunk.count)) }
        }
        return Record(
            values: targets.map { $0.value(in: results, item: 0) }, activations: activations,
            gradients: parts.mapValues(Tensor.init(joining:)))
    }

    /// Returns the values of layers, without any gradient: `[channel, row, column]` for maps.
    public func activations(_ input: Tensor, layers: [String]) throws -> [String: Tensor] {
        let program = try programs.program(
            graph.part(to: layers), inputs: [inputName: input.shape], mode: .inference, taps: .everything)
        return try program.forward([inputName: input]).mapValues(\.firstItem)
    }

    /// Returns the target's value for each input of `[count, channel, row, column]`, in batches.
    public func scores(_ inputs: Tensor, target: Target) throws -> [Float] {
        let outputs = try checkedOutputs(of: [target], input: inputs.shape)
        return try scores(graph.part(to: outputs), [inputName: inputs], target)
    }

    /// Returns the target's value with a layer's value replaced: only what follows that layer is computed.
    ///
    /// - Parameters:
    ///   - activations: The layer's values, `[count, channel, row, column]`.
    /// - input: The input for everything else that the target depends on, `[1, channel, row, column]`.
    public func scores(replacing layer: String, by activations: Tensor, input: Tensor, target: Target) throws -> [Float]
    {
        let outputs = try checkedOutputs(of: [target], input: input.shape)
        let rest = try graph.part(from: [layer], to: outputs)
        guard rest.inputNames.contains(layer) else {
            // The target does not depend on the layer.
            return [Float](repeating: try scores(input, target: target)[0], count: activations.shape[0])
        }
        var inputs = [layer: activations]
        if rest.inputNames.contains(inputName) { inputs[inputName] = input.repeated(activations.shape[0]) }
        return try scores(rest, inputs, target)
    }

    /// Returns the target's gradient with respect to each input of `[count, channel, row, column]`, in the same shape.
    public func inputGradients(_ inputs: Tensor, target: Target) throws -> Tensor {
        let outputs = try checkedOutputs(of: [target], input: inputs.shape)
        let graph = try self.graph.part(to: outputs)
        let parts = try inBatches([inputName: inputs]) { batch in
            let program = try programs.program(
                graph, inputs: batch.mapValues(\.shape), mode: .inspection, taps: Taps([inputName]))
            _ = try program.forward(batch)
            let count = batch[inputName]?.shape[0] ?? 0
            try program.backward(
                Dictionary(
                    uniqueKeysWithValues: program.outputShapes.map { name, shape in
                        var seed = Tensor(shape)
                        for item in 0..<count { target.addSeed(to: &seed, output: name, item: item) }
                        return (name, seed)
                    }))
            return try program.gradient(inputName)
        }
        return Tensor(joining: parts)
    }

    /// Returns the outputs that the targets use, in the graph's order.
    ///
    /// - Throws: ``InspectionError/noSuchElement(_:shape:)``.
    private func checkedOutputs(of targets: [Target], input: [Int]) throws -> [String] {
        let names = Set(targets.flatMap { $0.terms.map(\.output) })
        let shapes = try graph.inferShapes([inputName: [1] + input.dropFirst()])
        for target in targets {
            for term in target.terms {
                let shape = shapes[try graph.indexOfResult(term.output)].dropFirst()
                guard term.place.count == shape.count, zip(term.place, shape).allSatisfy({ (0..<$1).contains($0) })
                else { throw InspectionError.noSuchElement(term, shape: Array(shape)) }
            }
        }
        return names.sorted()
    }

    /// How many gradients are computed side by side: all of them, as long as the gradients kept, and the few largest maps in between, take
    /// no more than a quarter of a gigabyte.
    private func seedCount(_ layers: [String], in graph: Graph, input: [Int], targetCount: Int) throws -> Int {
        let shapes = try graph.inferShapes([inputName: input])
        let onTheWay = try graph.nodesWithGradient(.inspection, taps: Taps(Set(layers)))
        let counts = shapes.map { $0.reduce(1, *) }
        let largest = zip(counts, onTheWay).map { $1 ? $0 : 1 }.max() ?? 1
        let kept = zip(counts, graph.nodes).reduce(0) { $0 + (layers.contains($1.1.name) ? $1.0 : 0) }
        return max(1, min(targetCount, 32, (1 << 26) / max(1, kept + 3 * largest)))
    }

    private static func seeds(
        _ targets: ArraySlice<Target>, outputs: [String: [Int]], count: Int
    ) -> [String: Tensor] {
        var seeds: [String: Tensor] = [:]
        for (name, shape) in outputs where targets.contains(where: { $0.terms.contains { $0.output == name } }) {
            var seed = Tensor(Taps(nil, seedCount: count).gradientShape(shape))
            for (item, target) in targets.enumerated() { target.addSeed(to: &seed, output: name, item: item) }
            seeds[name] = seed
        }
        return seeds
    }

    private func scores(_ graph: Graph, _ inputs: [String: Tensor], _ target: Target) throws -> [Float] {
        try inBatches(inputs) { batch in
            let program = try programs.program(
                graph, inputs: batch.mapValues(\.shape), mode: .inference, taps: .everything)
            let results = try program.forward(batch)
            return (0..<(batch.first?.value.shape[0] ?? 0)).map { target.value(in: results, item: $0) }
        }.flatMap { $0 }
    }

    /// Runs in batches of 16, 4 and 1: three programs serve any number.
    private func inBatches<Result>(
        _ inputs: [String: Tensor], _ body: (_ batch: [String: Tensor]) throws -> Result
    ) rethrows -> [Result] {
        let count = inputs.first?.value.shape[0] ?? 0
        var results: [Result] = []
        var start = 0
        while start < count {
            let size = [16, 4, 1].first { $0 <= min(count - start, maximumBatch) } ?? 1
            results.append(try body(inputs.mapValues { $0.items(start..<start + size) }))
            start += size
        }
        return results
    }
}
