import Foundation
import Graphs
import JSON
import Networks

/// The layers of a network for people and programs.
public struct LayerList: Sendable {
    private let rows: [LayerRow]

    /// The layers of a detector for one image of this size.
    ///
    /// - Throws: ``NetworkError`` for an unknown network, or a size that it cannot take.
    public init(of network: NetworkConfiguration, inputSize: Int) throws {
        try NetworkCatalogue.requireInputSize(inputSize, of: network.name)
        rows = try layerTable(try NetworkCatalogue.make(network), inputs: ["image": [1, 3, inputSize, inputSize]])
    }

    /// The layers of a model, as it is: what was quantized in it has layers for that.
    ///
    /// - Throws: ``NetworkError`` for a size that it cannot take.
    public init(of model: Model, inputSize: Int) throws {
        try NetworkCatalogue.requireInputSize(inputSize, of: model.network.name)
        rows = try layerTable(model.graph, inputs: ["image": [1, 3, inputSize, inputSize]])
    }

    /// The layers of any graph, for inputs of these shapes.
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

    /// A table with the totals at its end.
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

/// Columns of equal width, the first few flush left and the others flush right.
func textTable(_ rows: [[String]], flushLeft: Int) -> String {
    let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
        let cells = row.enumerated().map { column, text in
            let padding = String(repeating: " ", count: widths[column] - text.count)
            return column < flushLeft ? text + padding : padding + text
        }
        return cells.joined(separator: "  ").trimmingCharacters(in: .whitespaces)
    }.joined(separator: "\n")
}
