/// A value that a pickle builds.
///
/// Containers are indices into a ``PickleHeap``, not nested values: shared values stay shared however often they are referenced, containers
/// may contain themselves, and deep or cyclic structures are never traversed by the language's own memory management.
enum PickleValue: Sendable {
    case nothing
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    /// The number of bytes; their contents do not matter.
    case bytes(count: Int)
    /// The name of a function or a class; naming it has no effect yet.
    case name(String)
    case tuple(Int)
    case list(Int)
    case set(Int)
    /// Alternating keys and values.
    case dictionary(Int)
    /// An index into the list of storages.
    case storage(Int)
    /// An index into the list of tensors.
    case tensor(Int)
    /// An object of a harmless class, of which only the class's name is kept.
    case inert(String)

    /// A description for users.
    var kind: String {
        switch self {
        case .nothing: "None"
        case .boolean: "a boolean"
        case .integer, .number: "a number"
        case .text: "a string"
        case .bytes: "bytes"
        case .name(let name): "the name \(name)"
        case .tuple: "a tuple"
        case .list: "a list"
        case .set: "a set"
        case .dictionary: "a dictionary"
        case .storage: "a storage"
        case .tensor: "a tensor"
        case .inert(let name): "an object of \(name)"
        }
    }
}

/// The containers that a pickle has built, each at an index.
struct PickleHeap: Sendable {
    private var nodes: [[PickleValue]] = []

    subscript(_ place: Int) -> [PickleValue] { nodes[place] }

    /// Adds a container and returns its index.
    mutating func add(_ items: [PickleValue]) -> Int {
        nodes.append(items)
        return nodes.count - 1
    }

    mutating func append(_ items: some Sequence<PickleValue>, to place: Int) { nodes[place].append(contentsOf: items) }

    /// A dictionary's entries with string keys, in their order; of equal keys the last one wins.
    func members(of place: Int) -> [(key: String, value: PickleValue)] {
        var members: [(key: String, value: PickleValue)] = []
        var places: [String: Int] = [:]
        let items = nodes[place]
        for index in stride(from: 0, to: items.count - 1, by: 2) {
            guard case .text(let key) = items[index] else { continue }
            if let known = places[key] {
                members[known].value = items[index + 1]
            } else {
                places[key] = members.count
                members.append((key, items[index + 1]))
            }
        }
        return members
    }
}
