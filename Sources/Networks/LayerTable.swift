import Graphs

/// One layer of a network, for people.
public struct LayerRow: Sendable, Equatable {
    /// The node's dotted name.
    public let name: String
    /// The operator, as ONNX calls it.
    public let kind: String
    /// The extents of what it returns, `[batch, channel, row, column]` for maps.
    public let outputShape: [Int]
    /// How many numbers it learns.
    public let parameterCount: Int
    /// Multiplications followed by an addition, in one forward pass of the whole batch.
    public let multiplyAdds: Int
}

/// Every layer of a graph in the order in which they run, for inputs of the given shapes.
///
/// - Throws: ``GraphError`` that names the layer which cannot take what reaches it.
public func layerTable(_ graph: Graph, inputs: [String: [Int]]) throws(GraphError) -> [LayerRow] {
    let shapes = try graph.inferShapes(inputs)
    return zip(graph.nodes, shapes).compactMap { node, shape in
        node.operator.map { kernel in
            let learned = kernel.parameters.filter { $0.role != .statistic }
            return LayerRow(
                name: node.name, kind: kernel.kind, outputShape: shape,
                parameterCount: learned.reduce(0) { $0 + $1.shape.reduce(1, *) },
                multiplyAdds: kernel.multiplyAdds(inputs: node.inputs.map { shapes[$0.index] }, output: shape))
        }
    }
}
