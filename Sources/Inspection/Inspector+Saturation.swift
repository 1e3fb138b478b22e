import Graphs
import Operators
import Tensors

/// Targets without a gradient: where a sigmoid's result is exactly 0 or 1 in 32 bits, its slope is exactly 0.
extension Inspector {
    /// Returns a target before the functions that are saturated, if there are any: its terms are elements of what those functions read.
    ///
    /// - Parameter input: The image, for which the functions are saturated or not.
    /// - Returns: nil if no term is the result of a saturated function.
    public func beforeSaturation(_ target: Target, input: Tensor) throws -> Target? {
        let shapes = try graph.inferShapes([inputName: input.shape])
        var sources: [(node: Int, index: Int)?] = []
        for term in target.terms {
            let node = try graph.indexOfResult(term.output)
            sources.append(
                boundedSource(of: shapes[node].index(at: [0] + term.place), at: node, shapes: shapes))
        }
        let names = Set(sources.compactMap { $0.map { graph.nodes[$0.node].name } })
        if names.isEmpty { return nil }
        let values = try activations(input, layers: names.sorted())
        var terms: [Target.Term] = []
        var notes: [String] = []
        for (term, source) in zip(target.terms, sources) {
            let node = source.map { graph.nodes[$0.node] }
            guard let source, let node, let value = values[node.name]?.elements[source.index],
                graph.isSaturated(node, at: value)
            else {
                terms.append(term)
                continue
            }
            let place = Array(shapes[source.node].place(of: source.index).dropFirst())
            terms.append(.init(graph.nodes[node.inputs[0].index].name, place, weight: term.weight))
            let note = "before its \(node.operator?.kind.lowercased() ?? ""), which is saturated at \(Int(value))"
            if !notes.contains(note) { notes.append(note) }
        }
        return notes.isEmpty ? nil : Target("\(target.name), \(notes.joined(separator: ", "))", terms)
    }

    /// Follows an element through operators that only move it to one with bounds.
    private func boundedSource(of index: Int, at node: Int, shapes: [[Int]]) -> (node: Int, index: Int)? {
        var (index, node) = (index, node)
        while true {
            switch graph.nodes[node].operator {
            case is Reshape, is Transpose, is Slice, is Gather, is Concatenate:
                guard let sources = graph.sources(of: [index], at: node, shapes: shapes),
                    let position = sources.firstIndex(where: { !$0.isEmpty }), let source = sources[position].first
                else { return nil }
                (index, node) = (source, graph.nodes[node].inputs[position].index)
            case is Sigmoid, is Softmax: return (node, index)
            case let activation as Activation: return activation.bounds == nil ? nil : (node, index)
            default: return nil
            }
        }
    }
}

extension Graph {
    fileprivate func isSaturated(_ node: Node, at value: Float) -> Bool {
        if node.operator is Sigmoid || node.operator is Softmax { return value == 0 || value == 1 }
        guard let bounds = (node.operator as? Activation)?.bounds else { return false }
        return value <= bounds.lowerBound || value >= bounds.upperBound
    }
}

extension Activation {
    /// The values at which the function has no slope; nil without such.
    fileprivate var bounds: ClosedRange<Float>? {
        switch function {
        case .hardSigmoid: 0...1
        case .tanh: -1...1
        default: nil
        }
    }
}
