extension Graph {
    /// The nodes with parameters that some patterns mean: those of a name, as in ``nodes(matching:)``, and all whose names go on from
    /// there, so that `backbone` and `backbone.layer1` mean whole parts of a network.
    ///
    /// - Throws: ``GraphError/unknownNode(_:nearest:)`` for a pattern that means no parameter.
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

    /// The same network, some nodes of which training does not change: their operators are replaced by
    /// ``Operator/frozen``, and no gradient is computed where nothing before it learns.
    public func freezing(_ names: Set<String>) -> Graph {
        var learns = [Bool](repeating: false, count: nodes.count)
        for (index, node) in nodes.enumerated() {
            let hasLearned = node.operator?.parameters.contains { $0.role != .statistic } ?? false
            learns[index] =
                hasLearned && !names.contains(node.name) || node.inputs.contains { learns[$0.index] }
                || node.operator == nil && node.wantsGradientInTraining
        }
        return replacing { index, node in
            guard let kernel = node.operator else { return node }
            return Node(
                name: node.name, operator: names.contains(node.name) ? kernel.frozen : kernel, inputs: node.inputs,
                wantsGradientInTraining: learns[index])
        }
    }
}
