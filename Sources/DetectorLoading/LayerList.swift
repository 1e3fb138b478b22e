import Boxes
import Foundation
import Graphs
import JSON
import Networks
import Tensors

/// A table of a network's layers, as text and JSON.
public struct LayerList: Sendable {
    private let rows: [LayerRow]

    /// Lists the layers of a detector for one image of this size.
    ///
    /// - Throws: ``NetworkError`` for an unknown network, or a size that the network cannot take.
    public init(of network: NetworkConfiguration, inputSize: InputExtent) throws {
        try NetworkCatalogue.requireInputSize(inputSize, of: network.name)
        rows = try layerTable(try NetworkCatalogue.make(network), inputs: ["image": inputSize.shape(batch: 1)])
    }

    /// Lists the layers of a model, including those added by quantization.
    ///
    /// - Throws: ``NetworkError`` for a size that the network cannot take.
    public init(of model: Model, inputSize: InputExtent) throws {
        try NetworkCatalogue.requireInputSize(inputSize, of: model.network.name)
        rows = try layerTable(model.graph, inputs: ["image": inputSize.shape(batch: 1)])
    }

    /// Lists the layers of any graph for inputs of these shapes.
    public init(of graph: Graph, inputs: [String: [Int]]) throws {
        rows = try layerTable(graph, inputs: inputs)
    }

    /// `{"layers": […], "parameters": …, "multiplyAdds": …}`.
    public var json: JSONValue {
        [
            "layers": .array(
                rows.map { row in
                    [
                        "name": .string(row.name), "operator": .string(row.kind),
                        "outputShape": .array(row.outputShape.map { .integer($0) }),
                        "parameters": .integer(row.parameterCount), "multiplyAdds": .integer(row.multiplyAdds),
                    ]
                }),
            "parameters": .integer(parameterCount), "multiplyAdds": .integer(multiplyAdds),
        ]
    }

    /// A table that ends with the totals.
    public var text: String {
        var lines = [["layer", "operator", "output", "parameters", "multiply-adds"]]
        lines += rows.map { row in
            [
                row.name, row.kind, row.outputShape.map(String.init).joined(separator: " x "),
                row.parameterCount == 0 ? "" : "\(row.parameterCount)",
                row.multiplyAdds == 0 ? "" : "\(row.multiplyAdds)",
            ]
        }
        lines.append(["total", "", "", "\(parameterCount)", "\(multiplyAdds)"])
        return textTable(lines, flushLeft: 3)
    }

    private var parameterCount: Int { rows.reduce(0) { $0 + $1.parameterCount } }
    private var multiplyAdds: Int { rows.reduce(0) { $0 + $1.multiplyAdds } }
}
