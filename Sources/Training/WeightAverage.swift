import Graphs
import Tensors

/// An exponential moving average of a network's parameters, running statistics included: usually a better and more stable detector than the
/// last weights (Polyak and Juditsky; Tarvainen and Valpola, "Mean teachers").
package final class WeightAverage {
    /// The averaged parameters, which programs can use.
    package let parameters: ParameterStore
    /// The number of steps averaged.
    package private(set) var stepCount = 0
    private let decay: Double
    private let source: [ParameterStore.Entry]
    private let chunks: ParameterChunks

    /// Creates an average that starts with the store's current values.
    package init(of store: ParameterStore, graph: Graph, decay: Double) {
        parameters = ParameterStore(for: graph)
        source = store.entries
        self.decay = decay
        chunks = ParameterChunks(parameters.entries)
        for (entry, original) in zip(parameters.entries, source) {
            _ = entry.value.elements.update(fromContentsOf: original.value.elements)
        }
        parameters.markChanged()
    }

    /// Adds the store's current values. Early on the decay is smaller, `(1 + t) / (10 + t)`, so that the random initial weights are soon
    /// forgotten.
    package func update() {
        stepCount += 1
        let step = Double(stepCount)
        let fresh = Float(1 - min(decay, (1 + step) / (10 + step)))
        let source = source
        chunks.forEach { entry, chunk in
            let (average, current) = (entry.value.elements, source[chunk.entry].value.elements)
            for index in chunk.range { average[index] += fresh * (current[index] - average[index]) }
        }
        parameters.markChanged()
    }

    /// Restores the average from a checkpoint.
    func restore(_ tensors: [String: Tensor], stepCount: Int) throws(GraphError) {
        for entry in parameters.entries {
            guard let tensor = tensors[entry.name] else {
                throw .parameter(name: entry.name, expected: entry.declaration.shape, found: nil)
            }
            try parameters.assign(entry.name, tensor)
        }
        self.stepCount = stepCount
    }
}
