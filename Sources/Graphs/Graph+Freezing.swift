extension Graph {
    /// Returns the nodes with parameters that match any of the patterns: by full name, as in ``nodes(matching:)``, or as a dotted prefix,
    /// so that `backbone` and `backbone.layer1` select whole parts of a network.
    ///
    /// - Throws: ``GraphError/unknownNode(_:nearest:)`` for a pattern that matches no node with parameters.
    public func nodesToFreeze(_ patterns: [String]) throws(GraphError) -> Set<String> {
        var names: Set<String> = []
        for pattern in patterns {
            let found = nodes.filter { node in
                node.operator?.parameters.isEmpty == false
                    && (node.name.matches(pattern: pattern) || node.name.matches(pattern: pattern + ".**"))
            }
            guard !found.isEmpty else {
                throw .unknownNode(pattern, nearest: nearestNames(to: pattern.filter { $0 != "*" }))
            }
            names.formUnion(found.map(\.name))
        }
        return names
    }

    /// Returns the same network with some nodes frozen: their operators are replaced by ``Operator/frozen``, and gradients are not computed
    /// for nodes that have nothing trainable before them.
    public func freezing(_ names: Set<String>) -> Graph {
        var learns = [Bool](repeating: false, count: nodes.count)
        for (index, node) in nodes.enumerated() {
            let hasLearned = node.operator?.parameters.contains { $0.role != .statistic } ?? false
            learns[index] =
                hasLearned && !names.contains(node.name) || node.inputs.contains { learns[$0.index] }
                || node.operator == nil && node.needsGradientInTraining
        }
        return replacing { index, node in
            guard let kernel = node.operator else { return node }
            return Node(
                name: node.name, operator: names.contains(node.name) ? kernel.frozen : kernel, inputs: node.inputs,
                needsGradientInTraining: learns[index])
        }
    }
}
