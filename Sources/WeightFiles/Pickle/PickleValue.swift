/// What a pickle builds.
///
/// Containers are places in a ``PickleHeap``, not values in values: what is shared stays shared however often it is named,
/// containers may hold themselves, and nothing that is deep or cyclic is walked by the language's own memory management.
enum PickleValue: Sendable {
    case nothing
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    /// How many bytes there are; what they are does not matter to anyone here.
    case bytes(count: Int)
    /// The name of a function or a class: naming one does nothing yet.
    case name(String)
    case tuple(Int)
    case list(Int)
    case set(Int)
    /// Keys and values by turns.
    case dictionary(Int)
    /// A place in the list of storages.
    case storage(Int)
    /// A place in the list of tensors.
    case tensor(Int)
    /// An object of a harmless class, of which nothing is kept but the class's name.
    case inert(String)

    /// What it is, for people.
    var kind: String {
        switch self {
        case .nothing: "nothing"
        case .boolean: "a boolean"
        case .integer, .number: "a number"
        case .text: "a text"
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

/// The containers that a pickle has built, each at a place.
struct PickleHeap: Sendable {
    private var nodes: [[PickleValue]] = []

    subscript(_ place: Int) -> [PickleValue] { nodes[place] }

    /// A new container.
    mutating func add(_ items: [PickleValue]) -> Int {
        nodes.append(items)
        return nodes.count - 1
    }

    mutating func append(_ items: some Sequence<PickleValue>, to place: Int) { nodes[place].append(contentsOf: items) }

    /// A dictionary's keys that are texts, with their values, in the order in which they came; of equal keys the last counts.
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
