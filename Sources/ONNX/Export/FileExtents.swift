import Graphs

/// One extent of a value in a file.
enum FileExtent: Equatable {
    /// The same for all inputs.
    case fixed(Int)
    /// Known only when the file is run; the name says what it depends on, where one word is enough.
    case free(String?)

    /// The number, if it is known.
    var value: Int? { if case .fixed(let value) = self { value } else { nil } }
}

/// The extents of a graph's values that depend on the input's free extents.
///
/// Found by trial: shapes are inferred again with another batch size, height and width. Extents that change are free. A graph that does not
/// support other shapes (because it reshapes to fixed extents, say) cannot have free inputs.
struct FileExtents {
    /// By node order.
    let shapes: [[FileExtent]]

    /// A free extent of the inputs, with the axes that it applies to.
    private struct Symbol {
        let name: String
        let places: [(input: String, axis: Int)]
        let extent, other: Int
    }

    init(_ graph: Graph, inputs: [String: [Int]], options: ONNXExportOptions) throws(ONNXError) {
        let known = try Self.infer(graph, inputs, varying: nil)
        var shapes = known.map { $0.map(FileExtent.fixed) }
        for symbol in Self.symbols(graph, inputs, options) {
            var others = inputs
            for place in symbol.places { others[place.input]?[place.axis] = symbol.other }
            for (index, other) in try Self.infer(graph, others, varying: symbol.name).enumerated() {
                guard other.count == known[index].count else {
                    throw .notExportable(
                        node: graph.nodes[index].name, reason: "its number of axes depends on \(symbol.name)")
                }
                for (axis, extent) in other.enumerated() where extent != known[index][axis] {
                    let isSecond = shapes[index][axis].value == nil
                    shapes[index][axis] = .free(
                        isSecond ? nil : Self.name(symbol, known[index][axis], other: extent))
                }
            }
        }
        self.shapes = shapes
    }

    private static func symbols(
        _ graph: Graph, _ inputs: [String: [Int]], _ options: ONNXExportOptions
    ) -> [Symbol] {
        var symbols: [Symbol] = []
        let names = graph.inputNames.filter { inputs[$0]?.isEmpty == false }
        if options.dynamicBatch, let batch = names.first.flatMap({ inputs[$0]?[0] }) {
            // Inputs with the same leading extent share the batch axis; an input with another leading extent has none.
            let places = names.filter { inputs[$0]?[0] == batch }.map { (input: $0, axis: 0) }
            symbols.append(Symbol(name: "batch", places: places, extent: batch, other: batch + 1))
        }
        let maps = names.filter { inputs[$0]?.count == 4 }
        if options.dynamicSize {
            for name in maps {
                for (axis, word) in [(2, "height"), (3, "width")] {
                    let extent = inputs[name]?[axis] ?? 0
                    // Doubling the extent keeps its divisors.
                    symbols.append(
                        Symbol(
                            name: maps.count == 1 ? word : "\(name)_\(word)", places: [(name, axis)], extent: extent,
                            other: 2 * extent))
                }
            }
        }
        return symbols
    }

    private static func infer(
        _ graph: Graph, _ inputs: [String: [Int]], varying symbol: String?
    ) throws(ONNXError) -> [[Int]] {
        do {
            return try graph.inferShapes(inputs)
        } catch {
            let prefix = symbol.map { "it requires a fixed \($0): " } ?? ""
            switch error {
            case .shape(let node, _, let reason): throw .notExportable(node: node, reason: prefix + reason)
            case .missingInput(let name): throw .input(name: name, reason: "its shape is missing")
            default: throw .notExportable(node: "the graph", reason: prefix + error.description)
            }
        }
    }

    /// Returns `height`, `height/4` or `height*2`; nil if the extent is not an integer fraction or multiple.
    private static func name(_ symbol: Symbol, _ extent: Int, other: Int) -> String? {
        if extent == symbol.extent && other == symbol.other { return symbol.name }
        guard extent > 0, extent * symbol.other == other * symbol.extent else { return nil }
        if symbol.extent % extent == 0 { return "\(symbol.name)/\(symbol.extent / extent)" }
        return extent % symbol.extent == 0 ? "\(symbol.name)*\(extent / symbol.extent)" : nil
    }
}
