import Graphs
import Tensors

/// Assigns addresses to all planned memory of a program.
///
/// Operations run in the order in which they are listed, so memory is needed from the first operation that uses it to the last, in training
/// over both passes: memory that the backward pass does not read again is reused. Memory used only for preparing parameters is free when a
/// pass begins. Where several backward passes may follow one forward pass, everything they read of it is kept to the end.
enum Arena {
    /// Memory that is read or written between the passes.
    enum Visitor {
        /// Written before the forward pass.
        case input(Memory)
        /// Read after the forward pass.
        case result(Memory)
        /// Written before the backward pass.
        case seed(Memory)
        /// Read after the backward pass.
        case gradient(Memory)
        /// Read at any time.
        case anytime(Memory)
    }

    /// - Parameter repeatsBackward: Whether several backward passes may follow one forward pass.
    /// - Throws: ``OneDNNError`` when oneDNN refuses an address.
    static func place(
        preparation: [Operation], forward: [Operation], backward: [Operation], visitors: [Visitor],
        repeatsBackward: Bool
    ) throws(OneDNNError) {
        var memories: [Memory] = []
        var lifetimes: [ClosedRange<Int>] = []
        var known: [ObjectIdentifier: Int] = [:]
        var views: [Memory] = []
        func use(_ memory: Memory, _ moment: Int) {
            guard memory.isPlanned else { return }
            if memory !== memory.owner { views.append(memory) }
            let memory = memory.owner
            if let index = known[ObjectIdentifier(memory)] {
                let lifetime = lifetimes[index]
                lifetimes[index] = min(lifetime.lowerBound, moment)...max(lifetime.upperBound, moment)
                return
            }
            known[ObjectIdentifier(memory)] = memories.count
            memories.append(memory)
            lifetimes.append(moment...moment)
        }
        let start = preparation.count
        let between = start + forward.count + 1
        let end = between + backward.count + 1
        for (index, operation) in preparation.enumerated() { for memory in operation.memories { use(memory, index) } }
        for (index, operation) in forward.enumerated() {
            for memory in operation.memories { use(memory, start + index + 1) }
        }
        for (index, operation) in backward.enumerated() {
            for memory in operation.memories { use(memory, between + index + 1) }
        }
        for visitor in visitors {
            switch visitor {
            case .input(let memory): use(memory, start)
            case .result(let memory), .seed(let memory): use(memory, between)
            case .gradient(let memory): use(memory, end)
            case .anytime(let memory): for moment in [0, end] { use(memory, moment) }
            }
        }
        if repeatsBackward {
            lifetimes = lifetimes.map { $0.lowerBound < between && $0.upperBound > between ? $0.lowerBound...end : $0 }
        }
        let plan = ArenaPlan(zip(memories, lifetimes).map { .init(count: $0.layout.floatCount, lifetime: $1) })
        let buffer = FloatBuffer(count: plan.count)
        for (memory, offset) in zip(memories, plan.offsets) { try memory.place(in: buffer, at: offset) }
        for view in views { try view.followOwner() }
    }
}
