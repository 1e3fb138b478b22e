import Graphs

/// A cache of the most recently used programs.
struct ProgramCache {
    private struct Key: Hashable {
        let nodes: [String]
        let inputs: [String: [Int]]
        let mode: ProgramMode
        let taps: Taps
    }

    private let backend: any Backend
    private let parameters: ParameterStore
    private let limit = 8
    private var known: [(key: Key, program: any Program)] = []

    init(backend: any Backend, parameters: ParameterStore) {
        self.backend = backend
        self.parameters = parameters
    }

    /// Returns a program for a part of the network, evicting the least recently used one if necessary.
    mutating func program(
        _ graph: Graph, inputs: [String: [Int]], mode: ProgramMode, taps: Taps
    ) throws -> any Program {
        // Parts of one network are distinguished by their nodes and outputs.
        let key = Key(
            nodes: graph.nodes.map { ($0.operator == nil ? "> " : "") + $0.name }
                + graph.outputs.map { "< " + $0.name },
            inputs: inputs, mode: mode, taps: taps)
        if let place = known.firstIndex(where: { $0.key == key }) {
            known.append(known.remove(at: place))
            return known[known.count - 1].program
        }
        if known.count == limit { known.removeFirst() }
        let program = try backend.compile(graph, parameters: parameters, inputs: inputs, mode: mode, taps: taps)
        known.append((key, program))
        return program
    }
}
