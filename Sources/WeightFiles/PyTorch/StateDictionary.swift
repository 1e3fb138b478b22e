/// Finds the weights in what was saved: a checkpoint has them in a dictionary below its top, beside an optimizer and much else.
struct StateDictionary {
    private let heap: PickleHeap

    /// Keys under which checkpoints have their weights, the surest first. An average of weights comes after the weights.
    private static let wrappers = [
        "state_dict", "model_state_dict", "model_state", "model", "net", "network", "module", "weights", "params",
        "detector", "ema_state_dict", "model_ema", "ema_model", "params_ema", "ema",
    ]
    /// Deeper than people put things, and shallow enough for recursion.
    private static let greatestDepth = 16

    init(_ heap: PickleHeap) { self.heap = heap }

    /// The tensors' places in the pickle's list, by dotted names; and the keys on the way to them.
    func tensors(in value: PickleValue) -> (tensors: [(name: String, place: Int)], origin: [String]) {
        var (value, origin) = (value, [String]())
        while origin.count < Self.greatestDepth, case .dictionary(let place) = value {
            let members = heap.members(of: place)
            if members.contains(where: { if case .tensor = $0.value { true } else { false } }) { break }
            let inner = Self.wrappers.lazy.compactMap { key in members.first { $0.key == key && holdsTensors($0.value) }
            }
            guard let next = inner.first else { break }
            origin.append(next.key)
            value = next.value
        }
        var found: [(name: String, place: Int)] = []
        var visited: Set<Int> = []
        collect(value, name: "", depth: 0, into: &found, &visited)
        return (found, origin)
    }

    private func holdsTensors(_ value: PickleValue) -> Bool {
        var found: [(name: String, place: Int)] = []
        var visited: Set<Int> = []
        collect(value, name: "", depth: 0, into: &found, &visited, limit: 1)
        return !found.isEmpty
    }

    /// What is in several places is named after the first of them, and cycles end where they began.
    private func collect(
        _ value: PickleValue, name: String, depth: Int, into found: inout [(name: String, place: Int)],
        _ visited: inout Set<Int>, limit: Int = .max
    ) {
        func below(_ key: String) -> String { name.isEmpty ? key : "\(name).\(key)" }
        switch value {
        case .tensor(let place): found.append((name.isEmpty ? "tensor" : name, place))
        case .dictionary(let place):
            guard depth < Self.greatestDepth, visited.insert(place).inserted else { return }
            for member in heap.members(of: place) where found.count < limit {
                collect(member.value, name: below(member.key), depth: depth + 1, into: &found, &visited, limit: limit)
            }
        case .list(let place), .tuple(let place):
            guard depth < Self.greatestDepth, visited.insert(place).inserted else { return }
            for (index, item) in heap[place].enumerated() where found.count < limit {
                collect(item, name: below("\(index)"), depth: depth + 1, into: &found, &visited, limit: limit)
            }
        default: return
        }
    }

    /// What was saved, for people: `a dictionary with 'epoch', 'args'`.
    func description(of value: PickleValue) -> String {
        guard case .dictionary(let place) = value else { return value.kind }
        let keys = heap.members(of: place).prefix(5).map { "'\($0.key.prefix(40))'" }
        return keys.isEmpty ? "an empty dictionary" : "a dictionary with \(keys.joined(separator: ", "))"
    }
}
