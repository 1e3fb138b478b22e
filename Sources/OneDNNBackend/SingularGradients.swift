import Graphs
import Operators

/// Gradients that are infinite, such as that of a square root at zero.
///
/// Where a function is flat, it passes no gradient, not even an infinite one. oneDNN multiplies gradients by slopes, and zero times
/// infinity is NaN; so functions with flat pieces whose gradient may be infinite are left to the reference kernels.
enum SingularGradients {
    /// Returns for each node whether an infinite gradient with respect to its value is possible.
    static func nodes(_ graph: Graph, _ parameters: ParameterStore) -> [Bool] {
        var found = [Bool](repeating: false, count: graph.nodes.count)
        for index in graph.nodes.indices.reversed() {
            let node = graph.nodes[index]
            guard found[index] || isSource(node, graph, parameters) else { continue }
            for input in node.inputs { found[input.index] = true }
        }
        return found
    }

    /// Returns whether the slope of a node's operator may be infinite.
    private static func isSource(_ node: Graph.Node, _ graph: Graph, _ parameters: ParameterStore) -> Bool {
        switch node.operator {
        case let activation as Activation: [.log, .sqrt, .reciprocal, .asin, .acos].contains(activation.function)
        case let reduction as Reduction: reduction.function == .logSum
        case let arithmetic as Arithmetic:
            switch arithmetic.function {
            case .divide: !isConstant(node.inputs[1], graph, parameters) { $0 != 0 }
            case .power: !isConstant(node.inputs[1], graph, parameters) { $0 >= 1 || $0 == 0 }
            default: false
            }
        default: false
        }
    }

    /// Returns whether a value is a constant whose elements all meet a condition.
    private static func isConstant(
        _ value: Graph.Value, _ graph: Graph, _ parameters: ParameterStore, where isHarmless: (Float) -> Bool
    ) -> Bool {
        let node = graph.nodes[value.index]
        guard let constant = node.operator as? Constant, let declaration = constant.parameters.first,
            let entry = parameters.entry(node.parameterName(declaration))
        else { return false }
        return entry.value.elements.allSatisfy(isHarmless)
    }
}
