import Graphs
import Operators

extension Graph {
    /// The graph with every batch normalization that follows a convolution folded into it: the convolution has a bias, and the
    /// normalization's name becomes an alias of the convolution.
    public var foldingNormalizations: Graph {
        let folding = NormalizationFolding(self)
        let takers = Dictionary(uniqueKeysWithValues: folding.normalizations.map { ($0.value, $0.key) })
        return rewritten { graph, index, node, inputs in
            guard let kernel = node.operator else { return nil }
            if takers[index] != nil {
                graph.alias(node.name, for: inputs[0])
                return inputs[0]
            }
            if folding.normalizations[index] != nil, let convolution = kernel as? any ScalableConvolution {
                return graph.add(node.name, convolution.withBias, inputs)
            }
            return nil
        }
    }

    /// Returns the graph with some values quantized and dequantized, in nodes called `NAME.quantize` and `NAME.dequantize`; all readers of
    /// such a value read the dequantized one. The graph's outputs are unchanged.
    ///
    /// - Throws: ``NetworkError/quantization(_:)`` for the name of a value that does not exist.
    public func quantizing(_ activations: [String: IntegerKind]) throws(NetworkError) -> Graph {
        let names = Set(nodes.map(\.name))
        for name in activations.keys.sorted() {
            guard names.contains(name) else { throw .quantization("it has no layer called '\(name)'") }
            for added in [Self.quantizer(of: name), Self.dequantizer(of: name)] where value(named: added) != nil {
                throw .quantization("two layers are called '\(added)'")
            }
        }
        return rewritten(readers: { graph, node, value in
            guard let kind = activations[node.name] else { return value }
            let integers = graph.add(Self.quantizer(of: node.name), QuantizeLinear(kind), value)
            return graph.add(Self.dequantizer(of: node.name), DequantizeLinear(), integers)
        })
    }

    /// Returns the name of the node that quantizes a value.
    public static func quantizer(of name: String) -> String { "\(name).quantize" }

    /// Returns the name of the node that dequantizes a value.
    public static func dequantizer(of name: String) -> String { "\(name).dequantize" }

    /// Returns a copy of this graph with some nodes replaced.
    ///
    /// - Parameters:
    ///   - replace: Returns the replacement of a node, given its inputs; nil to keep it.
    ///   - readers: Returns the value that readers of a node's value get.
    private func rewritten(
        _ replace: (inout Graph, _ index: Int, _ node: Node, _ inputs: [Value]) -> Value? = { _, _, _, _ in nil },
        readers: (inout Graph, _ node: Node, _ value: Value) -> Value = { _, _, value in value }
    ) -> Graph {
        var graph = Graph()
        // The value that each node computes, and the value that its readers get.
        var values: [Value] = []
        var read: [Value] = []
        for (index, node) in nodes.enumerated() {
            let inputs = node.inputs.map { read[$0.index] }
            let value: Value
            if let replaced = replace(&graph, index, node, inputs) {
                value = replaced
            } else if let kernel = node.operator {
                value = graph.add(node.name, kernel, inputs)
            } else {
                value = graph.input(node.name, needsGradientInTraining: node.needsGradientInTraining)
            }
            values.append(value)
            read.append(readers(&graph, node, value))
        }
        for alias in aliases { graph.alias(alias.name, for: values[alias.index]) }
        for output in outputs { graph.output(output.name, values[output.value.index]) }
        return graph
    }
}

/// Returns the axis of a weight's output channels, along which it is quantized; nil if there is none, or the operator's weight is not
/// quantized.
public func weightAxis(of kernel: (any Operator)?) -> Int? {
    switch kernel {
    case is Convolution: 0
    case let convolution as TransposedConvolution where convolution.groups == 1: 1
    default: nil
    }
}
