import Graphs
import Operators

/// The layers at which a target is explained if none is named.
extension Inspector {
    /// The limit for default layers of one target.
    private static let defaultLayerLimit = 8

    /// Returns the default layers for a target, the best first; each is computed from the input and has rows and columns that single
    /// elements of the target depend on.
    ///
    /// The first is the last activation of the coarsest map: where a detector's backbone ends, and its upsampling begins. If the elements
    /// come from one of several grids that an output joins, the first is the last activation in that grid instead: the coarsest map may
    /// serve another grid. The others follow for networks in which the first shows nothing: the last activation at each resolution, from
    /// coarse to fine. In networks of tokens, in which all layers have the same cells, they are normalizations and activations, the last
    /// first; the last ones often serve the class token alone.
    ///
    /// - Throws: ``GraphError``.
    public func defaultLayers(for target: Target, input: [Int]) throws -> [String] {
        let shapes = try graph.inferShapes([inputName: input])
        let layouts = layouts(shapes, input: input)
        let trace = try trace(target, shapes)
        func extent(_ index: Int) -> [Int]? {
            guard let layout = layouts[index] else { return nil }
            let shape = Array(shapes[index].dropFirst())
            let (_, rows, columns) = layout.extents(shape)
            guard rows * columns > 1 else { return nil }
            switch trace.parts[index] {
            case .none: return nil
            case .all: return [rows, columns]
            case .some(let elements):
                return elements.contains { layout.isOfCell($0, shape) } ? [rows, columns] : nil
            }
        }
        func layers(_ isWanted: (Int) -> Bool) -> [(index: Int, extent: [Int])] {
            graph.nodes.indices.compactMap { index in
                guard graph.nodes[index].operator != nil, isWanted(index) else { return nil }
                return extent(index).map { (index, $0) }
            }
        }
        func isMap(_ index: Int) -> Bool { shapes[index].count == 4 }
        func endsBlock(_ index: Int) -> Bool {
            graph.isActivation(index)
                || layouts[index] != .channelsFirst && graph.nodes[index].operator is LayerNormalization
        }
        var found: [Int] = []
        let maps = layers { isMap($0) && endsBlock($0) }
        if let grid = trace.grids.first, trace.grids.count == 1,
            trace.otherBranches.contains(where: { graph.grid(before: $0, shapes) != grid }),
            let last = maps.last(where: { $0.extent == grid })
        {
            found.append(last.index)
        }
        let byCells = Dictionary(grouping: maps) { $0.extent[0] * $0.extent[1] }
        found += byCells.keys.sorted().compactMap { byCells[$0]?.last?.index }
        if found.isEmpty { found = layers { !isMap($0) && endsBlock($0) }.reversed().map(\.index) }
        // Networks without activations that we know: sums end the blocks of transformers, convolutions those of others.
        if found.isEmpty { found = layers { graph.nodes[$0].operator is Add && !isMap($0) }.reversed().map(\.index) }
        if found.isEmpty {
            found = layers { isMap($0) && graph.nodes[$0].operator is Convolution }.reversed().map(\.index)
        }
        var seen: Set<Int> = []
        return found.filter { seen.insert($0).inserted }.prefix(Self.defaultLayerLimit).map { graph.nodes[$0].name }
    }

    /// Returns where the elements of a target come from: for an input of the shape for which values have these shapes.
    func trace(_ target: Target, _ shapes: [[Int]]) throws -> ElementTrace {
        let elements = try target.terms.map { term in
            let node = try graph.indexOfResult(term.output)
            let shape = Array(shapes[node].dropFirst())
            guard term.place.count == shape.count, zip(term.place, shape).allSatisfy({ (0..<$1).contains($0) }) else {
                throw InspectionError.noSuchElement(term, shape: shape)
            }
            return (node: node, index: shape.index(at: term.place))
        }
        return ElementTrace(graph, from: elements, shapes: shapes)
    }

    /// Returns the layout of each node's value for an input of this shape.
    func layouts(_ shapes: [[Int]], input: [Int]) -> [LayerLayout?] {
        graph.layouts(shapes, input: input.count == 4 ? (input[2], input[3]) : (1, 1))
    }

    /// Returns the layout of each layer, and the channels, rows and columns of its maps; nil for a layer without rows and columns.
    public func maps(
        of layers: [String], input: [Int]
    ) throws -> [(layer: String, layout: LayerLayout, channels: Int, rows: Int, columns: Int)?] {
        let shapes = try graph.inferShapes([inputName: input])
        let layouts = layouts(shapes, input: input)
        return try layers.map { layer in
            let index = try graph.index(of: layer)
            guard let layout = layouts[index] else { return nil }
            let (channels, rows, columns) = layout.extents(Array(shapes[index].dropFirst()))
            return (layer, layout, channels, rows, columns)
        }
    }
}
