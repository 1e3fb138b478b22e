/// Finds the weights in a saved value: a checkpoint has them in a nested dictionary, beside an optimizer and other data.
struct StateDictionary {
    /// The tensors' names are too many or too long for the file's size.
    struct NamesError: Error {
        /// A phrase about the names.
        let reason = "they take more than \(MemoryBudget.factor) times the file's size"
    }

    private let heap: PickleHeap
    private let budget: MemoryBudget

    /// Keys under which checkpoints store weights, the most reliable first. Averaged weights come after the weights themselves.
    private static let wrappers = [
        "state_dict", "model_state_dict", "model_state", "model", "net", "network", "module", "weights", "params",
        "detector", "ema_state_dict", "model_ema", "ema_model", "params_ema", "ema",
    ]
    /// Deeper than real checkpoints, and shallow enough for recursion.
    private static let greatestDepth = 16

    init(_ heap: PickleHeap, budget: MemoryBudget) {
        self.heap = heap
        self.budget = budget
    }

    /// Returns the tensors' indices by dotted names, and the keys on the path to them.
    func tensors(
        in value: PickleValue
    ) throws(NamesError) -> (tensors: [(name: String, place: Int)], origin: [String]) {
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
        _ = try walk(value, visited: &visited) { (keys: [String], place: Int) throws(NamesError) in
            found.append((try name(keys), place))
            return false
        }
        return (found, origin)
    }

    private func holdsTensors(_ value: PickleValue) -> Bool {
        var visited: Set<Int> = []
        return walk(value, visited: &visited) { _, _ in true }
    }

    /// Visits tensors, with the keys on the path to them, until `isEnough` returns true; returns whether that happened.
    ///
    /// A value that occurs several times is visited only the first time, and cycles end where they began.
    private func walk<Failure>(
        _ value: PickleValue, keys: [String] = [], visited: inout Set<Int>,
        _ isEnough: (_ keys: [String], _ place: Int) throws(Failure) -> Bool
    ) throws(Failure) -> Bool {
        switch value {
        case .tensor(let place): return try isEnough(keys, place)
        case .dictionary(let place):
            guard keys.count < Self.greatestDepth, visited.insert(place).inserted else { return false }
            for member in heap.members(of: place) {
                if try walk(member.value, keys: keys + [member.key], visited: &visited, isEnough) { return true }
            }
        case .list(let place), .tuple(let place):
            guard keys.count < Self.greatestDepth, visited.insert(place).inserted else { return false }
            for (index, item) in heap[place].enumerated() {
                if try walk(item, keys: keys + ["\(index)"], visited: &visited, isEnough) { return true }
            }
        default: break
        }
        return false
    }

    /// A tensor's name, charged to the budget: a long key may be part of many names.
    private func name(_ keys: [String]) throws(NamesError) -> String {
        // The name briefly exists twice while a prefix is removed.
        guard budget.spend(64 + 2 * keys.reduce(0) { $0 + $1.utf8.count + 1 }) else { throw NamesError() }
        let name = keys.drop(while: \.isEmpty).joined(separator: ".")
        return name.isEmpty ? "tensor" : name
    }

    /// A description of the saved value for users: `a dictionary with 'epoch', 'args'`.
    func description(of value: PickleValue) -> String {
        guard case .dictionary(let place) = value else { return value.kind }
        let keys = heap.members(of: place).prefix(5).map { "'\($0.key.prefix(40))'" }
        return keys.isEmpty ? "an empty dictionary" : "a dictionary with \(keys.joined(separator: ", "))"
    }
}
