import Tensors

/// Memory of the backward pass, used again as soon as nothing that is still to run reads it.
///
/// Operations are compiled in the order in which they will run, so memory that is given back while one is compiled may serve
/// every later one.
final class GradientMemory {
    private let engine: Engine
    /// Whether memory is used again; the inspector wants to see every gradient.
    private let isRecycled: Bool
    private var free: [FloatBuffer] = []
    private var holders: [ObjectIdentifier: Int] = [:]

    init(isRecycled: Bool, engine: Engine) {
        self.isRecycled = isRecycled
        self.engine = engine
    }

    /// Memory with one holder; what it contains is anybody's guess.
    func make(_ layout: Layout) throws(OneDNNError) -> Memory {
        let count = max(1, (layout.byteCount + 3) / 4)
        // The smallest that is large enough, unless it would waste more than it holds.
        let best = free.indices.filter { (count...2 * count).contains(free[$0].pointer.count) }
            .min { free[$0].pointer.count < free[$1].pointer.count }
        let buffer = best.map { free.remove(at: $0) } ?? FloatBuffer(count: count)
        holders[ObjectIdentifier(buffer)] = 1
        return try Memory(layout, in: buffer, on: engine)
    }

    /// One more needs it.
    func hold(_ memory: Memory) {
        guard let buffer = memory.buffer else { return }
        holders[ObjectIdentifier(buffer)]? += 1
    }

    /// One fewer needs it.
    func release(_ memory: Memory) {
        guard isRecycled, let buffer = memory.buffer, let count = holders[ObjectIdentifier(buffer)] else { return }
        holders[ObjectIdentifier(buffer)] = count - 1
        if count == 1 { free.append(buffer) }
    }
}
