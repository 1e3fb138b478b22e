/// What is known about the graph from its wiring alone, before anything is imported.
extension ONNXModel {
    /// Whether the main graph computes a tensor of this name, or has a node of this name.
    public func hasTensor(_ name: String) -> Bool {
        proto.graph.node.contains { $0.output.contains(name) || $0.name == name && !$0.output.isEmpty }
    }

    /// Returns the inputs that some results are computed from, in the file's order.
    ///
    /// - Parameter results: Names of tensors or of nodes; nil for the file's outputs.
    public func inputs(for results: [String]?) -> [Port] {
        let needed = names(neededFor: results ?? outputs.map(\.name))
        return inputs.filter { needed.contains($0.name) }
    }

    private func names(neededFor results: [String]) -> Set<String> {
        var producers: [String: Int] = [:]
        for (index, node) in proto.graph.node.enumerated() {
            if !node.name.isEmpty, producers[node.name] == nil { producers[node.name] = index }
        }
        // The name of a tensor wins over the name of a node.
        for (index, node) in proto.graph.node.enumerated() {
            for output in node.output where !output.isEmpty { producers[output] = index }
        }
        var needed: Set<String> = []
        var waiting = results
        while let name = waiting.popLast() {
            guard needed.insert(name).inserted, let index = producers[name] else { continue }
            waiting += Self.reads(of: proto.graph.node[index])
        }
        return needed
    }

    /// Returns the names that a node reads, also inside its branches, which see all names of the main graph.
    private static func reads(of node: ProtoNodeDefinition) -> [String] {
        var names: [String] = []
        var waiting = [node]
        while let node = waiting.popLast() {
            names += node.input.filter { !$0.isEmpty }
            for attribute in node.attribute where attribute.hasG {
                waiting += attribute.g.node
                names += attribute.g.output.map(\.name)
            }
        }
        return names
    }
}
