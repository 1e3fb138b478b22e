import Graphs
import Tensors

/// The sum of the gradients of several backward passes, each of which replaces the parameters' gradients.
final class GradientSum {
    private let chunks: ParameterChunks
    private var sums: [FloatBuffer] = []
    private var isEmpty = true

    init(_ parameters: ParameterStore, frozen: Set<String>) {
        chunks = ParameterChunks(learned: parameters, frozen: frozen)
    }

    /// Starts again from nothing.
    func clear() { isEmpty = true }

    /// Adds what the last backward pass left.
    func add() {
        // Memory of the size of all parameters, for those alone who accumulate.
        if sums.isEmpty { sums = chunks.entries.map { FloatBuffer(count: $0.value.count) } }
        let isFirst = isEmpty
        nonisolated(unsafe) let pointers = sums.map(\.pointer)
        chunks.forEach { entry, chunk in
            guard let gradient = entry.gradient?.elements else { return }
            let sum = pointers[chunk.entry]
            for index in chunk.range { sum[index] = isFirst ? gradient[index] : sum[index] + gradient[index] }
        }
        isEmpty = false
    }

    /// Puts the sum in the place of the parameters' gradients.
    func moveToParameters() {
        nonisolated(unsafe) let pointers = sums.map(\.pointer)
        chunks.forEach { entry, chunk in
            guard let gradient = entry.gradient?.elements else { return }
            for index in chunk.range { gradient[index] = pointers[chunk.entry][index] }
        }
    }
}
