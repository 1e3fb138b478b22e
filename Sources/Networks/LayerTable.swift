import Graphs

/// One layer of a network, for display.
public struct LayerRow: Sendable, Equatable {
    /// The node's dotted name.
    public let name: String
    /// The operator's ONNX name.
    public let kind: String
    /// The shape of the output, `[batch, channel, row, column]` for maps.
    public let outputShape: [Int]
    /// The number of learned parameters.
    public let parameterCount: Int
    /// The number of multiply-adds in one forward pass of the whole batch.
    public let multiplyAdds: Int
}

/// Returns all layers of a graph in execution order, for inputs of the given shapes.
///
/// - Throws: ``GraphError`` that names the layer that does not accept its inputs.
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
