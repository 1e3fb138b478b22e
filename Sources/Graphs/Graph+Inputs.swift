extension Graph {
    /// Returns the same graph with one of its inputs replaced by an operator without inputs; names and outputs stay.
    ///
    /// - Throws: ``GraphError/unexpectedInput(name:shape:expected:)`` when the graph has no such input.
    public func replacing(input name: String, by maker: some Operator) throws(GraphError) -> Graph {
        guard inputNames.contains(name) else { throw .unexpectedInput(name: name, shape: [], expected: nil) }
        var graph = Graph()
        var places: [Value] = []
        for node in nodes {
            if let kernel = node.operator {
                places.append(graph.add(node.name, kernel, node.inputs.map { places[$0.index] }))
            } else if node.name == name {
                places.append(graph.add(name, maker, []))
            } else {
                places.append(graph.input(node.name, needsGradientInTraining: node.needsGradientInTraining))
            }
        }
        for alias in aliases { graph.alias(alias.name, for: places[alias.index]) }
        for output in outputs { graph.output(output.name, places[output.value.index]) }
        return graph
    }
}
