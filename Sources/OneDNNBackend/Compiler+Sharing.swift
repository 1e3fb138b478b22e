import Graphs

/// Values that share their memory.
extension Compiler {
    /// Makes a node's value a view of another one: the same elements in the same order, with different extents.
    func share(_ input: Int, with node: Int) throws {
        let source = try value(input, in: .plain(shapes[input]))
        slots[node].memory = try Memory(.plain(shapes[node]), of: source, on: engine)
        slots[node].isFixed = slots[input].isFixed
        let root = slots[input].viewed ?? input
        slots[node].viewed = root
        slots[root].views.append(node)
    }

    /// Whether `reader`, which is being compiled, may write its result over a value that it reads: neither the value nor any view of it is
    /// read later.
    func mayOverwrite(_ value: Int, by reader: Int) -> Bool {
        let root = slots[value].viewed ?? value
        let sharers = [root] + slots[root].views
        let readers = sharers.flatMap { slots[$0].readers }.filter { slots[$0].viewed != root }
        let isReadLater = readers.contains { $0 != reader && $0 >= node }
        let isReadBackward = mode.hasGradients && (sharers.contains { slots[$0].isReadBackward } || readers.count > 1)
        let isFree = sharers.allSatisfy { sharer in
            let slot = slots[sharer]
            return graph.nodes[sharer].operator != nil && !slot.isFixed && !slot.isOutput && !slot.isTapped
        }
        return isFree && !isReadLater && !isReadBackward
    }
}
