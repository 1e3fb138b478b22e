import Graphs
import Synchronization
import Tensors

/// The learned parameters of a store, split into chunks of a fixed size, for passes over all of them on all cores.
///
/// The split depends only on the parameters, so sums over the chunks, added in order, do not depend on the number of cores.
struct ParameterChunks: Sendable {
    struct Chunk: Sendable {
        /// Position in ``entries``.
        let entry: Int
        let range: Range<Int>
    }

    let entries: [ParameterStore.Entry]
    let chunks: [Chunk]

    init(_ entries: [ParameterStore.Entry], size: Int = 1 << 15) {
        self.entries = entries
        chunks = entries.enumerated().flatMap { index, entry in
            stride(from: 0, to: entry.value.count, by: size).map { start in
                Chunk(entry: index, range: start..<min(start + size, entry.value.count))
            }
        }
    }

    /// Creates chunks of the parameters that have gradients and are not frozen.
    init(learned store: ParameterStore, frozen: Set<String>) {
        self.init(store.entries.filter { $0.gradient != nil && !frozen.contains($0.name) })
    }

    /// Runs `body` once per chunk, spread over the cores.
    func forEach(_ body: @Sendable (ParameterStore.Entry, Chunk) -> Void) {
        Parallel.forEach(chunks.count) { index, _ in
            body(entries[chunks[index].entry], chunks[index])
        }
    }

    /// Returns the sum of `term` over all chunks, added in order.
    func sum(_ term: @Sendable (ParameterStore.Entry, Chunk) -> Double) -> Double {
        let partial = Mutex([Double](repeating: 0, count: chunks.count))
        Parallel.forEach(chunks.count) { index, _ in
            let value = term(entries[chunks[index].entry], chunks[index])
            partial.withLock { $0[index] = value }
        }
        return partial.withLock { $0.reduce(0, +) }
    }
}
